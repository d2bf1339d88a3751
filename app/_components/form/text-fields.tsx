'use client';

import { useState } from 'react';
import type { ReactNode } from 'react';
import { countCharacters, formatCount } from '#core/text/typed/index.ts';
import { FieldFrame } from './field-frame.tsx';
import { useField } from './form-context.ts';

interface TextProps {
  readonly name: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** The initial value. */
  readonly value?: string;
  /** Says "(optional)" beside the label where it isn't. */
  readonly required?: boolean;
  /** More is refused by the portal, never cut by the browser: there is no maxlength. */
  readonly charactersMax?: number;
  /** Code is typed and read in a typeface of equal widths, and nobody corrects its spelling. */
  readonly code?: boolean;
  readonly autoComplete?: string;
  readonly placeholder?: string;
}

const plainCode = { spellCheck: false, autoComplete: 'off', autoCapitalize: 'off' } as const;
const look = (code: boolean): string => `field mt-1.5 ${code ? 'font-mono text-[0.8125rem]' : ''}`;

export function TextField(
  props: TextProps & {
    readonly type?: 'text' | 'email' | 'url' | 'date' | 'datetime-local' | 'search';
    readonly inputMode?: 'numeric';
    /** When it is needed, in words beside the label, where the browser can't insist on it. */
    readonly when?: string;
    /** As wide as what goes in, such as a date. */
    readonly narrow?: boolean;
  },
) {
  const { name, label, hint, value = '', required = false, charactersMax, code = false } = props;
  const field = useField({ name, hint: hint !== undefined, given: [value] });
  const [typed, setTyped] = useState<string | null>(null);
  const [first = ''] = field.values;
  const words =
    props.when === undefined ? (
      label
    ) : (
      <>
        {label}
        <span className="font-normal text-muted"> ({props.when})</span>
      </>
    );
  return (
    <FieldFrame field={field} label={words} optional={!required && props.when === undefined} hint={hint}>
      <input
        {...field.around}
        {...(code ? plainCode : {})}
        id={field.id}
        type={props.type ?? 'text'}
        name={name}
        required={required}
        defaultValue={first}
        inputMode={props.inputMode}
        autoComplete={props.autoComplete ?? (code ? 'off' : undefined)}
        placeholder={props.placeholder}
        onChange={charactersMax === undefined ? undefined : (event) => setTyped(event.target.value)}
        className={`${look(code)} ${props.narrow === true ? 'max-w-full w-auto!' : ''}`}
      />
      <TooMany id={field.id} text={typed ?? first} max={charactersMax} />
    </FieldFrame>
  );
}

export function TextArea(props: TextProps & { readonly rows?: number }) {
  const { name, label, hint, value = '', required = false, charactersMax, code = false } = props;
  const about =
    charactersMax === undefined || code ? (
      hint
    ) : (
      <>
        {hint} At most {formatCount(charactersMax)} characters.
      </>
    );
  const field = useField({ name, hint: about !== undefined, given: [value] });
  const [typed, setTyped] = useState<string | null>(null);
  const [first = ''] = field.values;
  return (
    <FieldFrame field={field} label={label} optional={!required} hint={about}>
      <textarea
        {...field.around}
        {...(code ? plainCode : {})}
        id={field.id}
        name={name}
        rows={props.rows ?? 4}
        required={required}
        defaultValue={first}
        placeholder={props.placeholder}
        onChange={charactersMax === undefined ? undefined : (event) => setTyped(event.target.value)}
        className={look(code)}
      />
      <TooMany id={field.id} text={typed ?? first} max={charactersMax} counts />
    </FieldFrame>
  );
}

/** The length from which counting is useful. */
const nearly = 0.8;

/** With JavaScript: how many characters there are, once they are many; said aloud when there are too many. */
function TooMany(props: {
  readonly id: string;
  readonly text: string;
  readonly max: number | undefined;
  /** Also before it is too much. */
  readonly counts?: boolean;
}) {
  const { id, text, max, counts = false } = props;
  // Nobody counts what can't be near: a unit of JavaScript is at most one character.
  const count = max === undefined || text.length < max * nearly ? 0 : countCharacters(text);
  const over = max !== undefined && count > max;
  const shown = max !== undefined && (over || (counts && count >= max * nearly));
  return (
    <p
      id={`${id}-count`}
      aria-live="polite"
      className={`text-sm ${shown ? 'mt-1' : ''} ${over ? 'font-medium text-fail' : 'text-muted'}`}
    >
      {shown ? `${formatCount(count)} of at most ${formatCount(max)} characters` : ''}
    </p>
  );
}
