import { describe, expect, it } from 'vitest';
import { openCodeHosts } from './index.ts';

const hosts = openCodeHosts({
  config: { codeHost: { apiUrl: 'http://127.0.0.1:9', webUrl: 'https://code.example' } },
  now: () => new Date(0),
});

describe('whose address it is', () => {
  it.each([
    ['https://code.example/nora/shelf', 'nora', 'shelf'],
    [' https://code.example/nora/shelf.git/ ', 'nora', 'shelf'],
  ])('is given by the host: %s', (address, owner, name) => {
    expect(hosts.find(address)).toEqual({ host: hosts.named.github, place: { owner, name } });
  });

  it.each([
    ...[
      'https://elsewhere.example/nora/shelf',
      'https://nora@code.example/nora/shelf',
      'code.example/nora/shelf',
    ],
    ...[
      'https://code.example/nora',
      'https://code.example/nora/shelf/tree/main',
      'https://code.example/nora/..',
    ],
    ...['', 'x'.repeat(1_000), 'https://code.example/no_ra/shelf'],
  ])('belongs to no host: %s', (address) => {
    expect(hosts.find(address)).toBeNull();
    // What was kept of it can be read all the same.
    expect(hosts.hostOf(address)).toBe(hosts.named.github);
  });
});
