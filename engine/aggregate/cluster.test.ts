import { describe, expect, it } from 'vitest';
import type { Occurrence } from '../scanner/index.ts';
import { clusterCauses } from './cluster.ts';
import { fingerprint } from './fingerprint.ts';
import { mergeWitnesses } from './merge.ts';
import { elementShape, selectorShape, startTag, withoutOrigins } from './node.ts';
import { createSightingReader } from './sighting.ts';
import { finding, manifest, page } from './test/job.ts';

const manifests = new Map([['axe', manifest('axe')]]);

function causes(places: readonly Occurrence[], evidence: readonly (string | undefined)[] = []) {
  const pages = new Set(places.map((_, i) => page(i)));
  const reader = createSightingReader(manifests, [], pages);
  const sightings = places.flatMap((place, i) =>
    reader.read(
      'axe',
      page(i),
      [finding({ ...(evidence[i] === undefined ? {} : { evidence: evidence[i] }), occurrences: [place] })],
      () => new Set(),
    ),
  );
  return clusterCauses(mergeWitnesses(sightings, ['axe']));
}

describe('causes', () => {
  const rows: readonly [string, Occurrence, Occurrence, 1 | 2][] = [
    [
      'one component with other texts, ids and addresses',
      { snippet: '<a class="card" id="c1" href="/a">' },
      { snippet: '<a href="/b" class="card" id="c2" data-n="9">' },
      1,
    ],
    [
      'one component whose class a loop numbers',
      { snippet: '<li class="item item-3">' },
      { snippet: '<li class="item item-44">' },
      1,
    ],
    [
      'one component whose class a bundler names',
      { snippet: '<b class="Nav_link__x7Gh2">' },
      { snippet: '<b class="Nav_link__q81Zz">' },
      1,
    ],
    ['different components', { snippet: '<a class="card">' }, { snippet: '<a class="button">' }, 2],
    ['fields of different names', { snippet: '<input name="email">' }, { snippet: '<input name="phone">' }, 2],
    [
      'bare elements in one place',
      { selector: '#a > .row > td:nth-child(2)', snippet: '<td>' },
      { selector: '#b > .row > td:nth-child(5)', snippet: '<td>' },
      1,
    ],
    [
      'bare elements in different places',
      { selector: '.row > td', snippet: '<td>' },
      { selector: '.foot > td', snippet: '<td>' },
      2,
    ],
    [
      'one picture file in different places',
      { selector: 'p > img', snippet: '<img src="../logo.png">' },
      { selector: 'div > img', snippet: '<img src="/logo.png?v=2">' },
      1,
    ],
    ['the document', {}, { selector: 'html' }, 1],
  ];
  it.each(rows)('%s', (_, a, b, n) => {
    expect(causes([a, b])).toHaveLength(n);
  });

  it('goes by evidence where there is some', () => {
    const place = { selector: 'a', snippet: '<a class="x">' };
    expect(causes([place, place, place], ['/gone', '/gone', '/lost']).map((c) => c.pages)).toEqual([2, 1]);
  });

  it('names a cause by what most of its places share, so that one odd page does not rename it', () => {
    const logo = { selector: 'p > img', snippet: '<img src="logo.png">' };
    const odd = { selector: 'div > img', snippet: '<img src="logo.png">' };
    expect(causes([odd, logo, logo])[0]?.fingerprint).toBe(causes([logo, logo])[0]?.fingerprint);
  });

  it('has fingerprints that depend on issue, evidence and shape alone', () => {
    const base = { issue: 'image-alt', evidence: null, shape: 'img.logo' };
    expect(fingerprint(base)).toBe(fingerprint({ shape: 'img.logo', evidence: null, issue: 'image-alt' }));
    const others = [
      { ...base, issue: 'label' },
      { ...base, evidence: 'x' },
      { ...base, shape: null },
    ];
    expect(new Set([base, ...others].map(fingerprint)).size).toBe(4);
    expect(fingerprint(base)).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('names of nodes', () => {
  it('reads start tags as hostile pages write them', () => {
    expect(startTag('<a href=x disabled title="a > b" onclick=\'"\'>')?.attributes).toEqual([
      ['disabled', ''],
      ['href', 'x'],
      ['onclick', '"'],
      ['title', 'a > b'],
    ]);
    expect(startTag('no tag')).toBeNull();
    expect(startTag('<img alt="never closed')?.name).toBe('img');
    expect(startTag(`<a ${'x'.repeat(2000)}`)?.name).toBe('a');
  });

  it('takes positions, ids and values out of selectors', () => {
    expect(selectorShape('#tag\\/x > .a-12 > li:nth-child(3) > a[href="/x"]')).toBe('li>a[href]');
    expect(selectorShape('#only')).toBeNull();
    expect(elementShape({ selector: '#only', snippet: '<p>' })).toBe('p');
  });

  it('takes the origins of the site off addresses wherever they stand', () => {
    expect(
      withoutOrigins('http://a.localhost/x and https://p.example/y', ['http://a.localhost', 'https://p.example']),
    ).toBe('/x and /y');
  });
});
