import { describe, expect, it } from 'vitest';
import { layOut } from './link-layout.ts';

const graph = {
  pages: ['home', 'shop', 'about'],
  links: [
    [0, 1],
    [0, 2],
    [2, 0],
  ] as const,
  broken: [{ url: 'http://a.example/gone', status: 404, reason: null, from: [1] }],
  left: 0,
};
const depth = (id: string) => (id === 'home' ? 0 : 1);

describe('the layout of the link graph', () => {
  it('sets pages in columns by depth, and what is broken in a last one', () => {
    const { pages, broken, links, brokenLinks } = layOut(graph, depth, 600);
    expect(pages.map((dot) => graph.pages[dot.index])).toEqual(['home', 'shop', 'about']);
    expect(new Set([...pages, ...broken].map((dot) => Math.round(dot.x)))).toHaveLength(3);
    expect([links.length, brokenLinks]).toEqual([3, [[1, 0]]]);
  });
  it('draws pages with broken links when there is no room for all, and says how many are left', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `p${i}`);
    const { pages, left } = layOut(
      {
        pages: many,
        links: [],
        broken: [{ ...graph.broken[0], url: 'x', status: null, reason: null, from: [999] }],
        left: 7,
      },
      () => 1,
      320,
    );
    expect(pages.map((dot) => dot.index)).toContain(999);
    expect(left).toEqual({ pages: 850, links: 7 });
  });
  it.each([320, 1200])('keeps every dot inside %i pixels', (width) => {
    const many = Array.from({ length: 300 }, (_, i) => `p${i}`);
    const layout = layOut({ ...graph, pages: many }, (id) => Number(id.slice(1)) % 4, width);
    for (const dot of [...layout.pages, ...layout.broken]) {
      expect(dot.x).toBeGreaterThan(0);
      expect(dot.x).toBeLessThan(width);
      expect(dot.y).toBeLessThan(layout.height);
    }
  });
});
