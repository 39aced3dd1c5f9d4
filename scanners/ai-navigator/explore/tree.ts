import { createHash } from 'node:crypto';

/** As much of a node of the browser's accessibility tree as is read. */
export interface TreeNode {
  readonly ignored: boolean;
  readonly role?: { readonly value?: unknown } | undefined;
  readonly name?: { readonly value?: unknown } | undefined;
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value?: unknown } }[] | undefined;
}

/** Properties that tell states of a page apart; where the focus is does not. */
const TELLING = new Set([
  'expanded',
  'selected',
  'checked',
  'pressed',
  'disabled',
  'modal',
  'invalid',
  'hidden',
  'busy',
]);
const SILENT = new Set(['InlineTextBox', 'none', 'generic']);

/** One state of a page, told by its accessibility tree. */
export function hashOf(nodes: readonly TreeNode[]): string {
  const hash = createHash('sha256');
  for (const { ignored, role, name, properties } of nodes) {
    const said = String(role?.value ?? '');
    if (ignored || SILENT.has(said)) continue;
    const states = (properties ?? []).flatMap((p) =>
      TELLING.has(p.name) ? [`${p.name}=${String(p.value.value)}`] : [],
    );
    hash.update(`${said}|${String(name?.value ?? '')}|${states.toSorted().join()}\n`);
  }
  return hash.digest('hex');
}
