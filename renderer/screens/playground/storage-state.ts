/** What a storage state holds: the document, which is sent as it is, and how much is in it. */
interface StorageState {
  readonly document: unknown;
  readonly cookies: number;
  readonly origins: number;
}

/** Reads what Playwright's `storageState` saves; null for anything else. The server judges it once more. */
export function readStorageState(text: string): StorageState | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return null;
  const { cookies, origins } = document as { readonly cookies?: unknown; readonly origins?: unknown };
  if (cookies === undefined && origins === undefined) return null;
  const sizes = [cookies ?? [], origins ?? []].map((list) => (Array.isArray(list) ? list.length : null));
  const [many, places] = sizes;
  return many == null || places == null ? null : { document, cookies: many, origins: places };
}
