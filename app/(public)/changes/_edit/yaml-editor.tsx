'use client';

import { useEffect, useRef, useState } from 'react';
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
  const field = useRef<HTMLTextAreaElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let close: (() => void) | null = null;
    let gone = false;
    // Loaded here and nowhere else: other pages don't carry it.
    void import('./code-mirror.ts').then(({ openEditor }) => {
      if (gone || place.current === null || field.current === null) return;
      const area = field.current;
      close = openEditor({
        parent: place.current,
        text: area.value,
        label: `Text of ${path}`,
        schema,
        nonce: documentNonce(),
        check: (content) => check(path, content),
        onChange: (content) => {
          area.value = content;
        },
      });
      setReady(true);
    });
    return () => {
      gone = true;
      close?.();
    };
    // The editor lives as long as the file it was opened for; what is typed into it is its own.
  }, [path, schema, check]);
  return (
    <div>
      <label htmlFor="yaml-text" className="block font-medium">
        Text
      </label>
      <p id="yaml-hint" className="text-sm break-words text-muted">
        {ready
          ? 'Control and space completes, F8 goes to the next problem. Tab indents; press Escape before Tab to leave the editor.'
          : 'The whole file. What is wrong with it is said before anything is proposed.'}
      </p>
      <div ref={place} className={ready ? 'editor mt-2' : 'hidden'} />
      <textarea
        ref={field}
        id="yaml-text"
        name={name}
        rows={24}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        defaultValue={initial}
        aria-describedby="yaml-hint"
        hidden={ready}
        className="field mt-2 font-mono text-[0.8125rem] leading-6"
      />
    </div>
  );
}

/**
 * Nonce of the Content-Security-Policy that this document was loaded with: the editor's stylesheet carries it. What the server
 * made for the page that a link led to is another one, which no policy of this document allows.
 */
function documentNonce(): string {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
}
