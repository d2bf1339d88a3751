'use client';

import { useEffect, useRef, useState } from 'react';
import { FieldFrame } from '../../../_components/form/field-frame.tsx';
import { useField } from '../../../_components/form/form-context.ts';
import type { Editor } from './code-mirror.ts';
import type { EditorDiagnostic } from './editor-diagnostic.ts';

/**
 * A text area that grows into an editor once JavaScript runs: colours, completion from the schema, and what the
 * validator says at the line it says it of. The form always sends the text area, so nothing depends on the editor.
 */
export function YamlEditor(props: {
  readonly name: string;
  readonly path: string;
  readonly initial: string;
  readonly schema: object;
  readonly check: (path: string, content: string) => Promise<readonly EditorDiagnostic[]>;
}) {
  const { name, path, initial, schema, check } = props;
  const field = useField({ name, hint: true, given: [initial] });
  const { id, around } = field;
  const [first = ''] = field.values;
  const area = useRef<HTMLTextAreaElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>(null);
  const [ready, setReady] = useState(false);
  const describedBy = around['aria-describedby'] ?? '';
  const invalid = around['aria-invalid'] === true;
  useEffect(() => {
    let gone = false;
    // Loaded here and nowhere else: other pages don't carry it.
    void import('./code-mirror.ts').then(({ openEditor }) => {
      const text = area.current;
      if (gone || place.current === null || text === null) return;
      editor.current = openEditor({
        parent: place.current,
        text: text.value,
        label: `Text of ${path}`,
        schema,
        nonce: documentNonce(),
        check: (content) => check(path, content),
        onChange: (content) => {
          text.value = content;
        },
      });
      setReady(true);
    });
    return () => {
      gone = true;
      editor.current?.close();
      editor.current = null;
    };
    // The editor lives as long as the file it was opened for; what is typed into it is its own.
  }, [path, schema, check]);
  useEffect(() => {
    // Where the summary's link leads: to what people see of the field.
    if (ready) editor.current?.describe({ id, describedBy, invalid });
  }, [ready, id, describedBy, invalid]);
  const hint = ready
    ? 'Control and space completes, F8 goes to the next problem. Tab indents; press Escape before Tab to leave the editor.'
    : 'The whole file. What is wrong with it is said before anything is proposed.';
  return (
    <FieldFrame field={field} label="Text" optional={false} hint={hint}>
      <div ref={place} className={ready ? 'editor mt-2' : 'hidden'} />
      <textarea
        ref={area}
        {...around}
        id={ready ? undefined : id}
        name={name}
        rows={24}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        defaultValue={first}
        hidden={ready}
        className="field mt-2 font-mono text-[0.8125rem] leading-6"
      />
    </FieldFrame>
  );
}

/**
 * Nonce of the Content-Security-Policy that this document was loaded with: the editor's stylesheet carries it. What the server
 * made for the page that a link led to is another one, which no policy of this document allows.
 */
function documentNonce(): string {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
}
