import { describe, expect, it } from 'vitest';
import { judgeTargetUrl, judgeTargets, readAllowAssets, readAllowHosts } from './target-guard.ts';

const NONE = { allowHosts: [] };

const TAKEN: readonly (readonly [string, string])[] = [
  ['https://example.com', 'https://example.com/'],
  ['  https://example.com/a?b=c  ', 'https://example.com/a?b=c'],
  ['HTTP://EXAMPLE.com/A', 'http://example.com/A'],
  ['example.com', 'https://example.com/'],
  ['example.com/a b'.replace(' ', '%20'), 'https://example.com/a%20b'],
  ['example.com:443', 'https://example.com/'],
  ['example.com:443/x', 'https://example.com/x'],
  ['//example.com/x', 'https://example.com/x'],
  ['https://example.com/#top', 'https://example.com/'],
  ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ['https://example.com:443/', 'https://example.com/'],
  ['http://example.com:80/', 'http://example.com/'],
  ['https://1.1.1.1/', 'https://1.1.1.1/'],
  ['https://[2606:4700:4700::1111]/', 'https://[2606:4700:4700::1111]/'],
  ['https://example.com/a@b', 'https://example.com/a@b'],
  ['https://example.com/?q=http://10.0.0.1', 'https://example.com/?q=http://10.0.0.1'],
  ['https://exa_mple.example.com/', 'https://exa_mple.example.com/'],
];

const BAD: readonly (readonly [string, RegExp])[] = [
  ['', /empty/],
  ['   ', /empty/],
  ['ftp://example.com/', /scheme ftp/],
  ['javascript:alert(1)', /scheme javascript/],
  ['data:text/html,x', /scheme data/],
  ['mailto:a@example.com', /scheme mailto/],
  ['gopher://example.com', /scheme gopher/],
  ['ws://example.com', /scheme ws/],
  ['view-source:https://example.com', /scheme view-source/],
  ['file:///etc/passwd', /give the folder or ZIP itself/],
  ['https://', /cannot be read/],
  ['https:///example.com', /cannot be read/],
  ['https:example.com', /cannot be read/],
  ['http:/example.com', /cannot be read/],
  ['https://exa mple.com', /white space/],
  ['https://example.com/\nHost: x', /white space/],
  ['https://example.com\\@10.0.0.1/', /cannot be read|user name|backslash/],
  ['https\\://example.com', /backslash/],
  ['https://user:secret@example.com/', /--basic-auth/],
  ['https://user@example.com/', /--basic-auth/],
  ['https://@example.com/', /--basic-auth/],
  ['user:secret@example.com', /scheme user|--basic-auth/],
  ['https://example.com:3000/', /--allow-host example\.com:3000/],
  ['https://example.com:8443/', /--allow-host example\.com:8443/],
  ['example.com:22', /port 22/],
  ['https://example.com:0/', /port|canonical|host:port/],
  ['https://example.com:65536/', /cannot be read/],
  ['https://example..com/', /not valid/],
  ['https://256.256.256.256/', /cannot be read/],
  ['https://*.example.com/', /host:port/],
  [`https://${'a'.repeat(64)}.com/`, /not valid|cannot be read/],
  [`https://example.com/${'a'.repeat(5000)}`, /4,096/],
];

const PRIVATE: readonly (readonly [string, string])[] = [
  ['http://127.0.0.1/', '127.0.0.1:80'],
  ['http://127.1/', '127.0.0.1:80'],
  ['http://0x7f000001/', '127.0.0.1:80'],
  ['http://2130706433:8080/', '127.0.0.1:8080'],
  ['http://０x７f．１/', '127.0.0.1:80'],
  ['127.0.0.1:8080', '127.0.0.1:8080'],
  ['localhost', 'localhost:80'],
  ['localhost:3000/shop', 'localhost:3000'],
  ['http://localhost./', 'localhost:80'],
  ['shop.localhost:8443', 'shop.localhost:8443'],
  ['https://10.0.0.1/', '10.0.0.1:443'],
  ['http://192.168.1.1:8080/', '192.168.1.1:8080'],
  ['http://172.16.0.1/', '172.16.0.1:80'],
  ['http://100.64.0.1/', '100.64.0.1:80'],
  ['http://[::1]/', '[::1]:80'],
  ['[::1]:8080', '[::1]:8080'],
  ['http://[fd00::1]/', '[fd00::1]:80'],
  ['https://nas.local/', 'nas.local:443'],
];

const NEVER: readonly (readonly [string, string])[] = [
  ['http://169.254.169.254/latest/meta-data', '169.254.169.254:80'],
  ['http://168.63.129.16/', '168.63.129.16:80'],
  ['http://metadata.google.internal/', 'metadata.google.internal:80'],
  ['http://0.0.0.0/', '0.0.0.0:80'],
  ['http://[::ffff:127.0.0.1]/', '[::ffff:7f00:1]:80'],
  ['http://[64:ff9b::808:808]/', '[64:ff9b::808:808]:80'],
];

describe('an address that a person typed', () => {
  it.each(TAKEN)('%s is taken as %s', (typed, url) => {
    expect(judgeTargetUrl(typed, NONE)).toMatchObject({ ok: true, value: { urls: [url] } });
  });

  it.each(BAD)('%j is refused: %s', (typed, reason) => {
    const judged = judgeTargetUrl(typed, NONE);
    expect(judged).toMatchObject({ ok: false, error: { code: 'bad_url' } });
    if (!judged.ok) expect(judged.error.message).toMatch(reason);
  });

  it.each(PRIVATE)('E1 %s is private; the sentence says --allow-host %s', (typed, host) => {
    const judged = judgeTargetUrl(typed, NONE);
    expect(judged).toMatchObject({ ok: false, error: { code: 'private_address' } });
    if (!judged.ok) expect(judged.error.message).toContain(`--allow-host ${host}`);
  });

  it.each([
    ['localhost:3000/shop', 'localhost:3000', 'http://localhost:3000/shop'],
    ['http://127.1:8080', '127.0.0.1:8080', 'http://127.0.0.1:8080/'],
    ['https://shop.localhost:8443', 'shop.localhost:8443', 'https://shop.localhost:8443/'],
    ['http://[::1]:8080', '[::1]:8080', 'http://[::1]:8080/'],
    ['https://example.com:3000', 'example.com:3000', 'https://example.com:3000/'],
    ['http://10.1.2.3', '10.1.2.3:80', 'http://10.1.2.3/'],
  ])('%s is taken after --allow-host %s', (typed, host, url) => {
    expect(judgeTargetUrl(typed, { allowHosts: [host] })).toMatchObject({ ok: true, value: { urls: [url] } });
  });

  it.each(NEVER)('E4 %s is never taken, not even after --allow-host %s, which is not advised', (typed, host) => {
    const judged = judgeTargetUrl(typed, NONE);
    expect(judged).toMatchObject({ ok: false, error: { code: 'private_address' } });
    if (!judged.ok) expect(judged.error.message).not.toContain('--allow-host');
    expect(judgeTargetUrl(typed, { allowHosts: [host] })).toEqual(judged);
  });

  it('opens 8080 and 8443 together, when asked', () => {
    expect(judgeTargetUrl('https://example.com:8443', { allowHosts: [], extraPorts: true })).toMatchObject({
      ok: true,
    });
    expect(judgeTargetUrl('https://example.com:8444', { allowHosts: [], extraPorts: true })).toMatchObject({
      ok: false,
    });
  });

  it('never repeats a password in the sentence', () => {
    for (const typed of [
      'https://user:hunter2@example.com/',
      'user:hunter2@example.com',
      'https://user:hunter2@10.0.0.1:99/',
      'ftp://u:hunter2@x/',
    ]) {
      const judged = judgeTargetUrl(typed, NONE);
      expect(judged.ok).toBe(false);
      if (!judged.ok) expect(judged.error.message + JSON.stringify(judged.error.details)).not.toContain('hunter2');
    }
  });

  it('says what it changed', () => {
    const judged = judgeTargets(['example.com', 'https://example.com/#a', 'localhost:3000'], {
      allowHosts: ['localhost:3000'],
    });
    expect(judged).toMatchObject({ ok: true, value: { urls: ['https://example.com/', 'http://localhost:3000/'] } });
    if (judged.ok) expect(judged.value.notes.join(' ')).toMatch(/read as https:\/\/example\.com\/ .*# .*given twice/);
  });

  it('refuses an empty list, and a list with one bad address', () => {
    expect(judgeTargets([], NONE)).toMatchObject({ ok: false, error: { code: 'usage' } });
    expect(judgeTargets(['example.com', 'ftp://x'], NONE)).toMatchObject({ ok: false, error: { code: 'bad_url' } });
  });
});

describe('hosts that a person allows', () => {
  it('reads exact hosts with ports, and exact names', () => {
    expect(readAllowHosts(['LOCALHOST:3000', '127.0.0.1:80', 'localhost:3000'])).toEqual({
      ok: true,
      value: ['localhost:3000', '127.0.0.1:80'],
    });
    expect(readAllowAssets(['CDN.example.com, fonts.example.com', '', 'bücher.example'])).toEqual({
      ok: true,
      value: ['cdn.example.com', 'fonts.example.com', 'xn--bcher-kva.example'],
    });
  });

  it.each(['localhost', 'http://localhost:3000', '*:80', '10.0.0.0/8:80', ''])('refuses --allow-host %j', (value) => {
    expect(readAllowHosts([value])).toMatchObject({ ok: false, error: { code: 'bad_option' } });
  });

  it.each(['https://cdn.example.com', '*.example.com', 'a b', 'cdn.example.com/x', 'cdn.example.com:443'])(
    'refuses --allow-assets %j',
    (value) => {
      expect(readAllowAssets([value])).toMatchObject({ ok: false, error: { code: 'bad_option' } });
    },
  );
});
