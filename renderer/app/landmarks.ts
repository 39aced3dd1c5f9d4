/** Moves the focus to the next landmark of the page, or the one before, in the order in which they are read; around at the ends. */
export function nextLandmark(step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>('[data-landmark]')].filter((one) => one.offsetParent !== null);
  const at = all.findIndex((one) => one.contains(document.activeElement));
  const to = all[(at === -1 && step === -1 ? all.length - 1 : at + step + all.length) % all.length];
  to?.focus();
}
