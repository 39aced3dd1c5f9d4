import type { Action, GoalFact, StateSeen, Target } from './raw.ts';

/** A text as a string of TypeScript: page text never becomes code. */
const quoted = (text: string) => JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

const ROLES = /^(?:button|link|tab|menuitem|menuitemcheckbox|menuitemradio|switch|textbox|combobox|checkbox|radio)$/;

function locatorOf({ selector, role, name }: Target): string {
  // Playwright's CSS pierces open shadow roots, so a step into one is a descendant.
  if (!ROLES.test(role) || name === '') return `page.locator(${quoted(selector.replaceAll(' >>> ', ' '))})`;
  return `page.getByRole(${quoted(role)}, { name: ${quoted(name)}, exact: true }).or(page.locator(${quoted(selector.replaceAll(' >>> ', ' '))})).first()`;
}

function lineOf(action: Action): string {
  if (action.kind === 'click') return `await ${locatorOf(action.on)}.click();`;
  if (action.kind === 'fill') return `await ${locatorOf(action.on)}.fill(${quoted(action.value)});`;
  return action.on === null
    ? `await page.keyboard.press(${quoted(action.key)});`
    : `await ${locatorOf(action.on)}.press(${quoted(action.key)});`;
}

/** The way to a goal, as one more way. */
export const goalPath = (goal: GoalFact | null, id: number): Pick<StateSeen, 'id' | 'label' | 'path'>[] =>
  goal === null ? [] : [{ id, label: `goal: ${goal.goal}`, path: goal.actions }];

/** The way to every state as a test that a person can run: `npx playwright test`. */
export function playwrightTest(url: string, states: readonly Pick<StateSeen, 'id' | 'label' | 'path'>[]): string {
  const tests = states
    .filter((state) => state.path.length > 0)
    .map(({ id, label, path }) =>
      [
        `test(${quoted(`state ${id}: ${label}`)}, async ({ page }) => {`,
        `  await page.goto(START);`,
        ...path.map((action) => `  ${lineOf(action)}`),
        `});`,
      ].join('\n'),
    );
  return `${[
    `import { test } from '@playwright/test';`,
    `// Where to begin; set START to run it against another place.`,
    `const START = process.env.START ?? ${quoted(url)};`,
    ...tests,
  ].join('\n\n')}\n`;
}
