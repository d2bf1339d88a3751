import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddressOf, isLoopbackAddress, isNetwork, openClientAddresses } from './index.ts';

function addressOf(
  call: { readonly peer: string; readonly headers?: Record<string, string | string[]> },
  trusted: readonly string[] = [],
): string | null {
  const request = {
    socket: { remoteAddress: call.peer },
    headers: { ...call.headers },
  } as unknown as IncomingMessage;
  openClientAddresses(trusted)(request);
  return clientAddressOf(new Headers(request.headers as Record<string, string>));
}

describe('the address of a client', () => {
  it('is that of the connection, whatever the client claims', () => {
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-countersign-client-address': '203.0.113.9' };
    expect(addressOf({ peer: '198.51.100.1', headers })).toBe('198.51.100.1');
    expect(addressOf({ peer: '::ffff:198.51.100.1' })).toBe('198.51.100.1');
  });

  it('is what the portal’s last own proxy saw, and nothing written before it', () => {
    const headers = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7, 10.1.2.3' };
    expect(addressOf({ peer: '127.0.0.1', headers }, ['127.0.0.1', '10.0.0.0/8'])).toBe('198.51.100.7');
    expect(addressOf({ peer: '::1', headers: { 'x-forwarded-for': '[2001:DB8::1]:443' } }, ['::1'])).toBe(
      '2001:db8::1',
    );
  });

  it('is the proxy’s own if the header contains no address', () => {
    for (const said of ['', 'unknown', 'a'.repeat(100_000), '1.2.3', ',,,']) {
      expect(addressOf({ peer: '127.0.0.1', headers: { 'x-forwarded-for': said } }, ['127.0.0.1'])).toBe(
        '127.0.0.1',
      );
    }
  });

  it('is unknown if the header didn’t come from a listed proxy', () => {
    openClientAddresses([]);
    for (const value of ['203.0.113.9', ' 203.0.113.9', 'undefined 203.0.113.9']) {
      expect(clientAddressOf(new Headers({ 'x-countersign-client-address': value }))).toBeNull();
    }
  });

  it('is the same for everybody behind an unlisted proxy, and the log says so once', () => {
    const told: string[] = [];
    const call = (peer: string, headers: Record<string, string>, trusted: readonly string[]): void => {
      const note = openClientAddresses(trusted, (message) => told.push(message));
      for (let count = 0; count < 3; count += 1)
        note({ socket: { remoteAddress: peer }, headers: { ...headers } } as unknown as IncomingMessage);
    };
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    call('127.0.0.1', forwarded, ['127.0.0.1']);
    call('127.0.0.1', {}, []);
    call('127.0.0.1', { ...forwarded, rsc: '1' }, []);
    // Anybody can write the header.
    call('198.51.100.1', forwarded, []);
    expect(told).toEqual([]);
    call('::ffff:10.1.2.3', forwarded, ['127.0.0.1']);
    expect(told).toEqual([expect.stringContaining('set trustedProxies: [10.1.2.3]')]);
  });

  it.each([
    ['10.0.0.0/8', true],
    ['::1', true],
    ['fd00::/8', true],
    ['10.0.0.0/33', false],
    ['10.0.0.0/8/1', false],
    ['proxy.example', false],
    ['', false],
  ])('%s names a network: %s', (text, is) => {
    expect(isNetwork(text)).toBe(is);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['128.0.0.1', false],
    ['::2', false],
    ['127.0.0.1.example', false],
  ])('%s is this machine: %s', (address, is) => {
    expect(isLoopbackAddress(address)).toBe(is);
  });
});
