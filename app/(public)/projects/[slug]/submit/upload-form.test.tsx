import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { UploadForm } from './upload-form.tsx';
import type { UploadProblem } from './upload-problem.ts';

const asked = [
  { name: 'version', description: 'Of the release.', pattern: '*.*', default: null, required: true },
  { name: 'channel', description: null, pattern: null, default: 'stable', required: false },
];

/** As a browser without JavaScript gets it. */
const page = (problem: UploadProblem | null, values = { policy: '', sha256: '', parameters: {} }): string =>
  renderToStaticMarkup(
    <UploadForm
      project="widget"
      policies={[
        { slug: 'test', words: 'For trying out.', needsBundle: false, configuration: 'zip', parameters: [] },
        {
          slug: 'release',
          words: 'For users.',
          needsBundle: true,
          configuration: 'release-zip',
          parameters: asked,
        },
      ]}
      sizeBytesMax={1024 ** 3}
      repository="example/widget"
      problem={problem}
      values={values}
    />,
  );

const chosen = (html: string): readonly string[] =>
  [...html.matchAll(/<input[^>]*checked=""[^>]*>/g)].map(
    (match) => /value="([^"]*)"/.exec(match[0])?.[1] ?? '',
  );

describe('the form that submits a file', () => {
  it('is submitted by the browser itself without scripts, files included', () => {
    const html = page(null);
    const [form = ''] = /<form[^>]*>/.exec(html) ?? [];
    expect(form).toContain('action="/api/projects/widget/upload"');
    expect(form).toMatch(/ method="post"/);
    expect(form).toMatch(/ enctype="multipart\/form-data"/i);
    expect(html).toMatch(/<button type="submit"/);
    expect(html).not.toContain('There is a problem');
    expect(chosen(html)).toEqual(['test']);
  });

  it('comes back with what was entered, with the message at the top and at the field', () => {
    const problem = { field: 'sha256', message: 'Another file arrived.', fix: 'Compare them.' } as const;
    const html = page(problem, {
      policy: 'release',
      sha256: '0'.repeat(64),
      parameters: { 'parameters.release-zip.version': '1.2.3' },
    });
    expect(html).toContain('href="#upload-sha256"');
    expect(html).toMatch(/<input[^>]*aria-invalid="true"[^>]*id="upload-sha256"[^>]*value="0{64}"/);
    expect(html).toContain('Compare them.');
    expect(chosen(html)).toEqual(['release']);
  });

  it('asks for the parameters of each configuration, and insists where no other policy could be chosen', () => {
    const html = page(null);
    const field = (name: string) =>
      new RegExp(`<input[^>]*name="parameters.release-zip.${name}"[^>]*>`).exec(html)?.[0];
    expect(html).toContain('Parameters, for release');
    expect(html).toContain('Like *.*, where * stands for any text.');
    expect(html).toContain('(needed under release)');
    expect(field('version')).not.toContain('required');
    expect(field('channel')).toContain('value="stable"');
    const back = page(
      { field: 'parameters.release-zip.version', message: 'It is missing.', fix: 'Add it.' },
      { policy: 'release', sha256: '', parameters: { 'parameters.release-zip.version': 'x y' } },
    );
    expect(back).toMatch(
      /<input[^>]*aria-invalid="true"[^>]*name="parameters.release-zip.version"[^>]*value="x y"/,
    );
  });

  it('shows at the top what isn’t about a field', () => {
    const html = page({ field: null, message: 'You are not signed in.', fix: 'Sign in.' });
    expect(html).toContain('You are not signed in.');
    expect(html).not.toContain('aria-invalid');
  });
});
