/** Text for XML. XML 1.0 has no way to write most control characters. */
export const xml = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!);

/** Text for an attribute of XML, in which a line end would become a space. */
export const xmlAttribute = (text: string): string =>
  xml(text).replace(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`);

/** The text of one of GitHub's workflow commands. */
export const workflowText = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** A property of one of GitHub's workflow commands. */
export const workflowProperty = (text: string): string =>
  workflowText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
