import { describe, expect, it } from 'vitest';
import { maskedJson, maskLogin } from '../mask.ts';

describe('the record of a measurement behind a login', () => {
  it('holds no value of the login, whatever name it stands under, and no cookie that the site gave', () => {
    const mask = maskLogin({
      headers: { authorization: 'Basic dXNlcjpwdw==', 'x-token': 'a"quoted"secret' },
      cookies: [{ name: 'ticket', value: 'jar-value' }],
    });
    const text = maskedJson(
      {
        request: { headers: { Authorization: 'Basic dXNlcjpwdw==', 'X-Token': 'a"quoted"secret', Accept: '*/*' } },
        response: { headers: { 'Set-Cookie': 'sid=from-site' }, headersText: 'Set-Cookie: sid=from-site' },
        associatedCookies: [{ cookie: { name: 'sid', value: 'from-site' } }],
        url: 'https://shop.example/?t=jar-value&b=dXNlcjpwdw==',
      },
      mask,
    );
    for (const secret of ['dXNlcjpwdw', 'quoted', 'from-site', 'jar-value']) expect(text).not.toContain(secret);
    expect(JSON.parse(text)).toMatchObject({
      request: { headers: { Accept: '*/*' } },
      associatedCookies: [{ cookie: { name: 'sid' } }],
    });
  });
});
