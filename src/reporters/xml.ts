/** Text for XML. XML 1.0 has no way to write most control characters. */
export const xml = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!);

/** Text for an attribute of XML, in which a line end would become a space. */
const attribute = (text: string): string => xml(text).replace(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`);

/** The attributes of an element, by their names. */
export type Attributes = Readonly<Record<string, string | number>>;

/**
 * An element of XML.
 * @param content XML; without it, the element is empty
 */
export function element(name: string, attributes: Attributes, content?: string): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(String(value))}"`);
  const open = `<${name}${list.join('')}`;
  return content === undefined ? `${open}/>` : `${open}>${content}</${name}>`;
}
