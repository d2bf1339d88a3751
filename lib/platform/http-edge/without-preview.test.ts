import { describe, expect, it } from 'vitest';
import { dropPreview } from './without-preview.ts';

describe('keys of a build that everybody has', () => {
  it('open nothing: neither headers nor cookies with them go on, and others do', () => {
    const headers = {
      accept: 'text/html',
      'x-prerender-revalidate': 'the id',
      'x-prerender-revalidate-if-generated': '1',
      cookie: 'theme=dark;__prerender_bypass=the id; __next_preview_data=x ;session=1',
    };
    dropPreview(headers);
    expect(headers).toEqual({ accept: 'text/html', cookie: 'theme=dark;session=1' });
  });

  it('leave no empty header behind', () => {
    const headers = { cookie: '__prerender_bypass=the id' };
    dropPreview(headers);
    expect(headers).toEqual({});
  });
});
