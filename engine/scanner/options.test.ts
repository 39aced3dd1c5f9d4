import { expect, it } from 'vitest';
import { problemOfOption } from './options.ts';

const manifest = {
  id: 'links',
  options: {
    type: 'object',
    properties: {
      external: { type: 'boolean', default: true },
      seconds: { type: 'integer', minimum: 5, maximum: 280, default: 240 },
      order: { type: 'string', enum: ['up', 'down'] },
    },
  },
};

it.each([
  ['external', false],
  ['seconds', 5],
  ['order', 'up'],
])('%s may be %j', (name, value) => {
  expect(problemOfOption(manifest, name, value)).toBeNull();
});

it.each([
  ['external', 'no', 'links.external must be true or false'],
  ['seconds', 'abc', 'links.seconds must be a whole number from 5 to 280'],
  ['seconds', 4, 'links.seconds must be a whole number from 5 to 280'],
  ['seconds', 5.5, 'links.seconds must be a whole number from 5 to 280'],
  ['seconds', null, 'links.seconds must be a whole number from 5 to 280'],
  ['order', 'left', 'links.order must be as its manifest says: {"type":"string","enum":["up","down"]}'],
  ['toString', 1, 'links knows external, seconds, order'],
])('%s may not be %j', (name, value, reason) => {
  expect(problemOfOption(manifest, name, value)).toBe(reason);
});

it('a scanner without options says so', () => {
  expect(problemOfOption({ id: 'axe', options: {} }, 'x', 1)).toBe('axe knows no options');
});
