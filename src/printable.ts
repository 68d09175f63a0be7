/** Characters that nobody sees, or that look like a blank and are none to PostgreSQL. */
const UNSEEN = '\\u00a0\\u00ad\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff';
const IS_UNSEEN = new RegExp(`[${UNSEEN}]`, 'g');
const IS_UNPRINTABLE = new RegExp(`[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f${UNSEEN}]`, 'g');

const escape = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text from a file with the characters written out that nobody sees: a name with one looks like another. */
export const showUnseen = (text: string): string => text.replace(IS_UNSEEN, escape);

/** The same for a terminal, to which control characters are commands. */
export const printable = (text: string): string => text.replace(IS_UNPRINTABLE, escape);
