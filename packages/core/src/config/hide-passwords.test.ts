import { describe, expect, it } from '@jest/globals';
import { hidePasswords } from './hide-passwords.js';

describe('hidePasswords', () => {
  it('leaves names and takes what may be a secret, however deep', () => {
    expect(
      hidePasswords({
        search: { use: 'http', with: { url: 'https://me:pass@host/x', headers: { 'x-api-key': 'secret' }, topK: 3 } },
        other: [{ server: { command: 'x', environment: { TOKEN: 'secret', EMPTY: '' } }, headers: null }],
        tokenVariable: 'MY_TOKEN',
      }),
    ).toEqual({
      search: { use: 'http', with: { url: 'https://***@host/x', headers: { 'x-api-key': '***' }, topK: 3 } },
      other: [{ server: { command: 'x', environment: { TOKEN: '***', EMPTY: '***' } }, headers: null }],
      tokenVariable: 'MY_TOKEN',
    });
    expect(hidePasswords(undefined)).toBeNull();
  });
});
