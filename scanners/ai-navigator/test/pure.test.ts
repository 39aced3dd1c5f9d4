import { describe, expect, it } from 'vitest';
import { createBudget, Spent } from '../explore/budget.ts';
import { whyNotPressed, whyNotSent } from '../explore/caution.ts';
import { syntheticFor } from '../explore/synthetic.ts';
import { hashOf } from '../explore/tree.ts';
import { capsOf } from '../options.ts';
import { playwrightTest } from '../playwright-test.ts';

const control = (name: string) => ({ name, href: null, type: 'button', disabled: false });
const field = (about: string, type = 'text') => ({
  selector: '#f',
  name: '',
  tag: 'input',
  type,
  about,
  required: false,
});

describe('what is left alone', () => {
  it.each(['Delete account', 'Jetzt kaufen', 'Log out', 'Pay now', 'Place order', 'Supprimer', 'Unsubscribe'])(
    'is “%s”',
    (name) => {
      expect(whyNotPressed(control(name))).not.toBeNull();
    },
  );

  it.each(['Add to basket', 'Show payment options', 'Next', 'Menu', 'Search', 'Undeletable'])('is not “%s”', (name) => {
    expect(whyNotPressed(control(name))).toBeNull();
  });

  it('are forms that ask for means of payment or end something', () => {
    const form = (about: string, name = 'Send') => ({
      action: '',
      fields: [field(about)],
      submit: { selector: '#s', name },
    });
    expect(whyNotSent(form('cc-number'))).toContain('means of payment');
    expect(whyNotSent(form('email', 'Delete my account'))).toContain('deletes');
    expect(whyNotSent(form('email'))).toBeNull();
  });
});

describe('what is typed', () => {
  it('belongs to nobody and fits the field', () => {
    expect(syntheticFor(field('your e-mail'))).toBe('test.person@example.com');
    expect(syntheticFor(field('', 'number'))).toBe('2');
    expect(syntheticFor(field('message'))).toBe('Example text');
  });
});

describe('a state', () => {
  const node = (role: string, name: string, properties: Record<string, unknown> = {}) => ({
    ignored: false,
    role: { value: role },
    name: { value: name },
    properties: Object.entries(properties).map(([key, value]) => ({ name: key, value: { value } })),
  });
  it('is told by roles, names and states, and not by where the focus is', () => {
    const closed = hashOf([node('button', 'Menu', { expanded: false })]);
    expect(hashOf([node('button', 'Menu', { expanded: true })])).not.toBe(closed);
    expect(hashOf([node('button', 'Menu', { expanded: false, focused: true }), node('generic', '')])).toBe(closed);
  });
});

describe('the caps', () => {
  it('are hard, and bounded whatever a person asks for', () => {
    expect(capsOf({ maxSteps: 1e9, maxStates: 'many', maxSeconds: 0 })).toEqual({
      steps: 2000,
      states: 25,
      seconds: 5,
    });
    let now = 0;
    const budget = createBudget({ steps: 2, states: 1, seconds: 5 }, new AbortController().signal, () => now);
    budget.step();
    budget.step();
    expect(() => budget.step()).toThrow(Spent);
    budget.state();
    expect(() => budget.state()).toThrow(Spent);
    now = 5000;
    expect(() => budget.check()).toThrow(Spent);
  });
});

describe('the emitted test', () => {
  it('holds page text as text only', () => {
    const name = '`); await evil(); ("\u2028';
    const on = { selector: '#a', role: 'button', name, snippet: '' };
    const text = playwrightTest('http://shop.localhost/', [
      {
        id: 1,
        label: 'dialog\n*/ after',
        path: [
          { kind: 'click', on },
          { kind: 'fill', on: { ...on, role: 'textbox' }, value: 'x' },
        ],
      },
    ]);
    expect(text).toContain(JSON.stringify('http://shop.localhost/'));
    expect(text.split('\n').filter((line) => line.includes('evil'))).toHaveLength(2);
    expect(text).not.toContain('\u2028');
    expect(text).toContain('state 1: dialog\\n*/ after');
  });
});
