/** An XML element as the tests read it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const decode = (text: string) =>
  text.replace(/&([^;\s]*);?/g, (whole, name: string) => {
    const character = ENTITIES[name];
    if (character === undefined) throw new Error(`unlawful entity ${whole}`);
    return character;
  });

/** Parses the XML that our renderer writes, strictly: anything that is not lawful throws. */
export function parseXml(xml: string): Element {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/.test(xml))
    throw new Error('forbidden character');
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open: Element[] = [root];
  const token = /<\?xml[^>]*\?>|<\/([a-z-]+)>|<([a-z-]+)((?:\s+[a-z]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  for (let at = 0; at < xml.length; at = token.lastIndex) {
    const m = token.exec(xml);
    const parent = open.at(-1);
    if (!m || !parent) throw new Error(`not XML at ${at}: ${xml.slice(at, at + 60)}`);
    if (m[5] !== undefined) parent.text += decode(m[5]);
    if (m[1] !== undefined && open.pop()?.name !== m[1]) throw new Error(`wrong end tag ${m[1]}`);
    if (m[2] !== undefined) {
      const attributes = Object.fromEntries(
        [...(m[3] ?? '').matchAll(/([a-z]+)="([^"]*)"/g)].map((a) => [a[1] ?? '', decode(a[2] ?? '')]),
      );
      const element: Element = { name: m[2], attributes, children: [], text: '' };
      parent.children.push(element);
      if (m[4] !== '/') open.push(element);
    }
  }
  const [top] = root.children;
  if (!top || open.length !== 1) throw new Error('not one document');
  return top;
}

/** Parses RFC 4180 text. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const body = text.replace(/^\ufeff/, '');
  for (let at = 0; at < body.length; at = cell.lastIndex) {
    const m = cell.exec(body);
    if (!m) throw new Error(`not CSV at ${at}: ${body.slice(at, at + 60)}`);
    row.push(m[1]?.replaceAll('""', '"') ?? m[2] ?? '');
    if (m[3] === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
