import { lookup } from 'mrmime';

/** Types of text whose names do not begin with `text/`. */
const TEXT =
  /^(text\/|application\/(javascript|json|xml|manifest\+json|ld\+json|rss\+xml|atom\+xml|xhtml\+xml|wasm-text)|image\/svg\+xml)/;
/** Worth packing although they are no text. */
const PACKABLE = /^(application\/(wasm|vnd\.ms-fontobject)|font\/(ttf|otf)|image\/(bmp|x-icon|vnd\.microsoft\.icon))/;

/** Content type by a file's name, as static hosts give it; text is UTF-8. */
export function mediaType(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const type = name.includes('.') ? lookup(name) : undefined;
  if (type === undefined) return 'application/octet-stream';
  return TEXT.test(type) && !type.includes('charset') ? `${type}; charset=utf-8` : type;
}

/** True when an answer of this type is worth compressing. */
export function packable(type: string): boolean {
  return TEXT.test(type) || PACKABLE.test(type);
}
