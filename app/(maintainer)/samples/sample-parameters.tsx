'use client';

import { ParameterField } from '../../(public)/projects/[slug]/submit/parameter-fields.tsx';
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
          {parameters.map((parameter) => (
            <ParameterField key={parameter.name} configuration={value} parameter={parameter} />
          ))}
        </div>
      </details>
    ));
}
