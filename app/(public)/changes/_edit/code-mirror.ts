/** CodeMirror, set up for policy files. Only the browser loads this, and only where somebody edits. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, linter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import { searchKeymap, highlightSelectionMatches } from '@codemirror/search';
import { Compartment, EditorState } from '@codemirror/state';
import type { Text } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { completeYaml } from '../../../../lib/policy-tools/edit/complete-yaml.ts';
import type { EditorDiagnostic } from './editor-diagnostic.ts';

const checkAfterMilliseconds = 600;

export interface Editor {
  /** Ties what people edit to its label, its hint and its message. */
  readonly describe: (as: {
    readonly id: string;
    readonly describedBy: string;
    readonly invalid: boolean;
  }) => void;
  readonly close: () => void;
}

export function openEditor(input: {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly label: string;
  readonly schema: object;
  readonly nonce: string;
  readonly check: (content: string) => Promise<readonly EditorDiagnostic[]>;
  readonly onChange: (content: string) => void;
}): Editor {
  const about = new Compartment();
  const complete = (context: CompletionContext): CompletionResult | null => {
    const found = completeYaml(context.state.doc.toString(), context.pos, input.schema);
    // Unasked it helps only once a word has begun.
    if (found === null || (!context.explicit && found.from === context.pos)) return null;
    return {
      from: found.from,
      options: found.options.map((option) => ({
        label: option.label,
        type: option.kind === 'key' ? 'property' : 'enum',
        apply: option.insert,
        ...(option.info === null ? {} : { info: option.info }),
      })),
    };
  };
  const check = linter(
    async (view) => {
      const { doc } = view.state;
      // Without the server nothing is known: no marks are better than old ones.
      const found = await input.check(doc.toString()).catch(() => []);
      return found.map((diagnostic) => placed(doc, diagnostic));
    },
    { delay: checkAfterMilliseconds },
  );
  const view = new EditorView({
    parent: input.parent,
    state: EditorState.create({
      doc: input.text,
      extensions: [
        EditorView.cspNonce.of(input.nonce),
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        EditorState.tabSize.of(2),
        indentUnit.of('  '),
        EditorView.lineWrapping,
        yaml(),
        syntaxHighlighting(classHighlighter),
        closeBrackets(),
        autocompletion({ override: [complete], icons: false }),
        check,
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...lintKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({
          'aria-label': input.label,
          spellcheck: 'false',
          // Editable content is reached by Tab without it; checks of accessibility see only that the text scrolls.
          tabindex: '0',
        }),
        about.of([]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) input.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    describe: ({ id, describedBy, invalid }) => {
      const attributes = {
        id,
        'aria-describedby': describedBy,
        ...(invalid ? { 'aria-invalid': 'true' } : {}),
      };
      view.dispatch({ effects: about.reconfigure(EditorView.contentAttributes.of(attributes)) });
    },
    close: () => {
      view.dispatch(setDiagnostics(view.state, []));
      view.destroy();
    },
  };
}

/** Lines and columns of the validator, as offsets of the text it checked; the text may have become shorter since. */
function placed(doc: Text, { line, column, level, rule, message, fix }: EditorDiagnostic): Diagnostic {
  const at = doc.line(Math.max(1, Math.min(doc.lines, line)));
  const from = Math.min(at.to, at.from + Math.max(0, column - 1));
  const word = /^[^\s:,\]}]+/.exec(doc.sliceString(from, at.to))?.[0].length ?? 0;
  return {
    from,
    to: word === 0 ? at.to : from + word,
    severity: level === 'note' ? 'info' : level,
    source: rule,
    message: `${message} ${fix}`,
  };
}
