import { renderToStaticMarkup } from 'react-dom/server';
import type { ReactNode } from 'react';
import { describe, expect, it } from 'vitest';
import { CheckboxGroup, RadioGroup, Select } from './choice-fields.tsx';
import { atItsLabel } from './field-frame.tsx';
import { Form } from './form.tsx';
import type { FormState } from './form-state.ts';
import { GetForm } from './get-form.tsx';
import { SearchWords } from './search-words.tsx';
import { TextArea, TextField } from './text-fields.tsx';

/** As a browser without JavaScript gets it. */
const page = (begin: FormState, children: ReactNode): string =>
  renderToStaticMarkup(
    <Form id="f" action={(before) => Promise.resolve(before)} begin={begin}>
      {children}
    </Form>,
  );

const choices = [
  { value: '', label: 'Not said' },
  { value: 'a', label: 'A' },
  { value: 'b', label: 'B' },
];
const wrong = (field: string, values: FormState['values']): FormState => ({
  error: { message: '', fix: 'Correct it.', fields: [{ field, code: 'INVALID', message: 'It is wrong' }] },
  values,
});
const checked = (html: string): readonly string[] =>
  [...html.matchAll(/<input[^>]*checked=""[^>]*>/g)].map(
    (match) => /value="([^"]*)"/.exec(match[0])?.[1] ?? '',
  );

describe('a form that comes back with an error', () => {
  it('has what was entered in its fields, and not the page’s defaults', () => {
    const html = page(
      wrong('t', { t: ['typed'], area: ['two\nlines'], s: ['b'], r: ['a'], c: ['a', 'b'] }),
      <>
        <TextField name="t" label="T" value="given" />
        <TextArea name="area" label="Area" value="given" />
        <Select
          name="s"
          label="S"
          value="a"
          options={[
            ['a', 'A'],
            ['b', 'B'],
          ]}
        />
        <RadioGroup name="r" label="R" value="b" choices={choices} />
        <CheckboxGroup name="c" label="C" values={[]} choices={choices} />
      </>,
    );
    expect(html).toContain('value="typed"');
    expect(html).toContain('two\nlines</textarea>');
    expect(html).toContain('<option value="b" selected="">');
    expect(html).not.toContain('given');
    expect(checked(html)).toEqual(['a', 'a', 'b']);
  });

  it('says so at the top with a link to the field, and at the field', () => {
    const html = page(wrong('value.origin.refs', {}), <TextField name="value.origin.refs" label="Refs" />);
    expect(html).toContain('href="#f-value-origin-refs"');
    expect(html).toMatch(/<input[^>]*aria-invalid="true"[^>]*id="f-value-origin-refs"/);
    expect(html).toMatch(/aria-describedby="f-value-origin-refs-error"/);
  });

  it('names the field at the top, and not again below its own label', () => {
    const begin: FormState = {
      error: {
        message: '',
        fix: '',
        fields: [
          { field: 't', code: 'MISSING', message: 'Reason: say it in a sentence' },
          { field: 'r', code: 'MISSING', message: 'Reasoning: choose one' },
        ],
      },
      values: {},
    };
    const html = page(
      begin,
      <>
        <TextField name="t" label="Reason" />
        <RadioGroup name="r" label="Reason" choices={choices} />
      </>,
    );
    expect(html).toContain('>Reason: say it in a sentence</a>');
    expect(html).toContain('Error: </span>Say it in a sentence</p>');
    // Only the whole label is left out.
    expect(html).toContain('Error: </span>Reasoning: choose one</p>');
    expect(atItsLabel('“It fits”: say whether it is met', 'It fits')).toBe('Say whether it is met');
  });

  it('chooses nothing if nothing was chosen, whatever the page’s defaults', () => {
    const html = page(wrong('r', {}), <RadioGroup name="r" label="R" value="b" choices={choices} />);
    expect(checked(html)).toEqual([]);
  });
});

describe('radio buttons', () => {
  it('show one choice if an empty text of the same name comes before them', () => {
    const html = page(wrong('t', { r: ['', 'b'] }), <RadioGroup name="r" label="R" choices={choices} />);
    expect(checked(html)).toEqual(['b']);
  });
});

describe('a search form', () => {
  it('is a landmark, keeps refused search terms, and marks them neither required nor optional', () => {
    const html = renderToStaticMarkup(
      <GetForm
        id="g"
        to="/search"
        search
        values={{ q: ['long words'] }}
        error={{
          message: 'Too long',
          fix: '',
          fields: [{ field: 'q', code: 'TOO_LONG', message: 'Too long' }],
        }}
      >
        <SearchWords name="q" label="Words" value="" />
        <TextField name="from" label="From" type="date" />
        <RadioGroup name="r" label="R" choices={choices} />
      </GetForm>,
    );
    expect(html).toContain('role="search"');
    expect(html).toContain('value="long words"');
    expect(html).toContain('href="#g-q"');
    expect(html).not.toMatch(/optional|required/);
  });
});
