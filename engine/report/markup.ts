/** Characters that XML 1.0 and HTML do not allow in any form, lone surrogates among them. */
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text as it may stand in a document: what is forbidden becomes the replacement character. */
export function lawfulText(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd');
}

/** Text for HTML or XML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return lawfulText(text).replace(
    /[&<>"']/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c] ?? c,
  );
}
