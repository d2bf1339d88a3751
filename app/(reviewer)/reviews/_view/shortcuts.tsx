'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';

export interface Shortcut {
  readonly key: 'j' | 'k' | 'a' | 'r';
  readonly words: string;
  /** A page to go to, or the id of an element to bring into view and focus (and, of a radio, to choose). */
  readonly href?: string;
  readonly target?: string;
}

const storageKey = 'countersign-shortcuts';
const changed = 'countersign-shortcuts-changed';
const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener(changed, listener);
  return () => window.removeEventListener(changed, listener);
};
const isOn = (): boolean => window.localStorage.getItem(storageKey) !== 'off';

/**
 * Single keys, for reviewers who work through a queue. They can be turned off (WCAG 2.2, 2.1.4) and never fire while
 * somebody types. `rows`: a selector of the links that j and k move through.
 */
export function Shortcuts(props: { readonly shortcuts: readonly Shortcut[]; readonly rows?: string }) {
  const { shortcuts, rows } = props;
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const [ready, setReady] = useState(false);
  const on = useSyncExternalStore(subscribe, isOn, () => true);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === '?') {
        event.preventDefault();
        if (dialog.current?.open === false) dialog.current.showModal();
        return;
      }
      if (!isOn() || dialog.current?.open === true) return;
      if (rows !== undefined && (event.key === 'j' || event.key === 'k')) {
        event.preventDefault();
        walk(rows, event.key === 'j' ? 1 : -1);
        return;
      }
      const shortcut = shortcuts.find((candidate) => candidate.key === event.key);
      if (shortcut === undefined) return;
      event.preventDefault();
      if (shortcut.href !== undefined) router.push(shortcut.href);
      else if (shortcut.target !== undefined) bringUp(shortcut.target);
    };
    document.addEventListener('keydown', listen);
    setReady(true);
    return () => document.removeEventListener('keydown', listen);
  }, [router, rows, shortcuts]);
  const toggle = (): void => {
    window.localStorage.setItem(storageKey, on ? 'off' : 'on');
    window.dispatchEvent(new Event(changed));
  };
  return (
    <>
      <button
        type="button"
        hidden={!ready}
        className="button button-quiet"
        onClick={() => dialog.current?.showModal()}
      >
        Keyboard <kbd className="rounded border border-rule-strong px-1.5 text-sm">?</kbd>
      </button>
      <dialog
        ref={dialog}
        aria-labelledby="shortcuts-title"
        className="card m-auto w-[min(28rem,calc(100%-2rem))] p-6 text-ink backdrop:bg-black/40"
      >
        <h2 id="shortcuts-title" className="text-xl">
          Keyboard
        </h2>
        <dl className="mt-4 grid gap-2.5">
          {(rows === undefined
            ? shortcuts
            : [
                { key: 'j', words: 'Next in the list' },
                { key: 'k', words: 'Previous in the list' },
                ...shortcuts,
              ]
          ).map((shortcut) => (
            <div key={shortcut.key} className="flex gap-4">
              <dt className="w-8">
                <kbd className="rounded border border-rule-strong px-1.5">{shortcut.key}</kbd>
              </dt>
              <dd>{shortcut.words}</dd>
            </div>
          ))}
          <div className="flex gap-4">
            <dt className="w-8">
              <kbd className="rounded border border-rule-strong px-1.5">?</kbd>
            </dt>
            <dd>This list</dd>
          </div>
        </dl>
        <label className="mt-5 flex min-h-9 items-center gap-2.5">
          <input type="checkbox" checked={on} onChange={toggle} className="h-5 w-5 accent-[var(--accent)]" />
          Single keys work
        </label>
        <form method="dialog" className="mt-4">
          <button type="submit" className="button">
            Close
          </button>
        </form>
      </dialog>
    </>
  );
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !['radio', 'checkbox', 'button', 'submit'].includes(target.type)
  );
}

function walk(rows: string, step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>(rows)];
  if (links.length === 0) return;
  const at = links.findIndex((link) => link === document.activeElement);
  const next = at === -1 ? (step === 1 ? 0 : links.length - 1) : at + step;
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
}

function bringUp(id: string): void {
  const element = document.getElementById(id);
  if (element === null) return;
  for (let one: HTMLElement | null = element; one !== null; one = one.parentElement) {
    if (one instanceof HTMLDetailsElement) one.open = true;
  }
  if (element instanceof HTMLInputElement && element.type === 'radio') element.click();
  element.scrollIntoView({ block: 'center' });
  element.focus();
}
