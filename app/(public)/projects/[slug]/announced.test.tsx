import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { certificate, inDays, now, revocation } from '../../../../lib/certificates/certificate.fixture.ts';
import type { PublishedCertificate } from '../../../../lib/certificates/index.ts';
import { Announced } from './announced.tsx';

const shown = (...certificates: readonly PublishedCertificate[]): string =>
  renderToStaticMarkup(<Announced certificates={certificates} now={now} />);

describe('a project’s page', () => {
  it('announces a successor with its day, numbers, and whether the key stays', () => {
    const text = shown(
      certificate('0a', 'ant', 50),
      certificate('0b', 'ant', 455, { usedFrom: inDays(14), sharesKeyWith: ['0a'] }),
    );
    expect(text).toContain('A new certificate “release” signs from');
    expect(text).toContain('for the same key as the one before');
    expect(text).toContain('>0b<');
    expect(text).not.toContain('>0a<');
    expect(shown(certificate('0b', 'ant', 455, { usedFrom: inDays(14) }))).toContain('a key of its own');
  });

  it('announces none that signs already, or is revoked', () => {
    expect(shown(certificate('0b', 'ant', 455, { usedFrom: now }))).toBe('');
    const revoked = { usedFrom: inDays(14), revocation: revocation('0b'), hasNotice: true };
    expect(shown(certificate('0b', 'ant', 455, revoked))).toBe('');
  });
});
