import { homedir } from 'node:os';
import { expect, it } from 'vitest';
import { withoutPlaces, withShortPlaces } from './masked-places.ts';

it.each([
  ['2.14.5 at /home/ann/.cache/nats-server/v2.14.5/nats-server.', '2.14.5 at …/nats-server.'],
  ['4.3.1 at /usr/bin/podman.', '4.3.1 at …/podman.'],
  ['images are in /var/lib/x/podman/storage, 3 of them', 'images are in …/storage, 3 of them'],
  ['Debian GNU/Linux 12 on x64.', 'Debian GNU/Linux 12 on x64.'],
  ['localhost/stageflow/scanner:4f1af46d2b7de09e.', 'localhost/stageflow/scanner:4f1af46d2b7de09e.'],
  ['see https://a.example/b/c', 'see https://a.example/b/c'],
])('%s', (sentence, shown) => {
  expect(withoutPlaces(sentence)).toBe(shown);
});

it('commands stay commands', () => {
  expect(withShortPlaces(`GOBIN=${process.cwd()}/.cache/x go install y`)).toBe('GOBIN=./.cache/x go install y');
  expect(withShortPlaces(`rm -r ${homedir()}/x`)).toBe('rm -r ~/x');
});
