import { Command } from './keep-words.tsx';

/** Text of ours whose `words in backquotes` are code. */
export function Backquoted({ children }: { readonly children: string }) {
  return children.split('`').map((part, at) => (at % 2 === 1 ? <Command key={at}>{part}</Command> : part));
}
