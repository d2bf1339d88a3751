'use client';

import { unstable_isUnrecognizedActionError, unstable_rethrow } from 'next/navigation';
import { useActionState, useState, useTransition } from 'react';
import type { SubmitEvent } from 'react';
import { formatCount } from '#core/text/typed/index.ts';
import { formBytesMax, valuesOf } from './form-state.ts';
import type { FormError, FormState } from './form-state.ts';

/** Where a form with files goes: too large for a server action, it is sent to a route. */
export interface UploadAddress {
  readonly path: string;
}

export interface FormControl<S extends FormState = FormState> {
  readonly state: S;
  readonly pending: boolean;
  /** For the form's `action`: what a browser without JavaScript sends to. */
  readonly submit: ((form: FormData) => void) | UploadAddress;
  readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
}

/**
 * A form's action and what it answered. Without JavaScript the browser sends the form and the page comes back with its
 * values. With it, the form is sent from here and its fields are left alone: React resets a form whose `action` has run, and
 * a choice that flips back to the first one is a choice that nobody made. What can't be sent loses nothing either.
 */
export function useForm<S extends FormState>(
  action: (before: S, form: FormData) => Promise<S>,
  begin: Awaited<S>,
  permalink?: string,
): FormControl<S> {
  const [returned, submit, acting] = useActionState<S, FormData>(action, begin, permalink);
  const [answered, setAnswered] = useState<S | null>(null);
  const [sending, startTransition] = useTransition();
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (sending) return;
    const { submitter } = event.nativeEvent;
    const form = new FormData(event.currentTarget, submitter);
    const fail = (error: FormError): void => setAnswered({ ...begin, error, values: valuesOf(form) });
    const bytes = bytesOf(form);
    if (bytes > formBytesMax) {
      fail(tooLarge(bytes));
      return;
    }
    startTransition(async () => {
      try {
        const next = await action(answered ?? returned, form);
        startTransition(() => setAnswered(next));
      } catch (error) {
        // Redirects are thrown, too.
        unstable_rethrow(error);
        fail(unsent(error));
      }
    });
  };
  return { state: answered ?? returned, pending: acting || sending, submit, onSubmit };
}

/** Only texts: files go where their own limits are. */
function bytesOf(form: FormData): number {
  const encoder = new TextEncoder();
  let bytes = 0;
  for (const [name, value] of form) {
    if (typeof value === 'string') bytes += encoder.encode(name).length + encoder.encode(value).length;
  }
  return bytes;
}

const tooLarge = (bytes: number): FormError => ({
  message: `What you entered is too large: ${formatCount(bytes)} bytes; a form takes at most ${formatCount(formBytesMax)}.`,
  fix: 'Shorten it, then send it again: it is all still here.',
});

function unsent(error: unknown): FormError {
  if (unstable_isUnrecognizedActionError(error)) {
    return {
      message: 'The portal was updated since this page was loaded.',
      fix: 'Copy what you entered, load the page again, and send it from there.',
    };
  }
  const digest = error instanceof Error && 'digest' in error ? error.digest : undefined;
  if (typeof digest === 'string') {
    return {
      message: 'The portal failed to do this, through a fault of its own.',
      fix: 'What you entered is still here. Tell the operators of this portal, with the reference.',
      reference: digest,
    };
  }
  return {
    message: 'The portal did not answer.',
    fix: 'Check your connection, then send it again: what you entered is still here.',
  };
}
