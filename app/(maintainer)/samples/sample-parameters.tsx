'use client';

import { TextField } from '../../_components/form/text-fields.tsx';
import { hintOf } from '../../(public)/projects/[slug]/submit/parameter-fields.tsx';
import { parameterField } from '../../(public)/projects/[slug]/submit/upload-problem.ts';
import type { Place } from './places.ts';

/** What configurations ask requests for, so that a sample can be held against them as a request would be. */
export function SampleParameters({
  places,
  chosen,
}: {
  readonly places: readonly Place[];
  readonly chosen: string;
}) {
  return places
    .filter(({ parameters }) => parameters.length > 0)
    .map(({ value, words, parameters }) => (
      <details key={value} open={value === chosen} className="min-w-0 border-s-2 border-rule ps-4">
        <summary className="min-h-6 cursor-pointer font-medium wrap-anywhere">
          Parameters, for “{words}”
        </summary>
        <p className="mt-1 text-sm text-muted">
          As a request would give them. A version that is left empty is taken from the file, where it tells
          one.
        </p>
        <div className="mt-3 grid min-w-0 gap-4">
          {parameters.map((parameter) => {
            const name = parameterField(value, parameter.name);
            return (
              <TextField
                key={name}
                name={name}
                label={parameter.name}
                code
                charactersMax={128}
                hint={hintOf(parameter)}
              />
            );
          })}
        </div>
      </details>
    ));
}
