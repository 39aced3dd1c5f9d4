/** What a browser may be told about an object, and whether it may show it. */
export interface Delivery {
  readonly contentType: string;
  /** Value of `Content-Disposition`. */
  readonly disposition: string;
}

/** Only these are ever shown by the browser itself: none of them can run a script. */
const SHOWN: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  json: 'application/json',
};

/**
 * How an object is handed to a browser: by its key's ending, never by what a scanned page or a container said of it. Images and JSON
 * are shown; everything else (HTML, SVG, PDF, archives) is a download without a type that could run.
 */
export function deliveryOf(key: string): Delivery {
  // A key is of plain letters, digits, dots, dashes and underscores, so that its last part needs no escaping.
  const name = key.slice(key.lastIndexOf('/') + 1).replace(/[^A-Za-z0-9._-]/g, '_');
  const contentType = SHOWN[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
  return contentType === undefined
    ? { contentType: 'application/octet-stream', disposition: `attachment; filename="${name}"` }
    : { contentType, disposition: `inline; filename="${name}"` };
}
