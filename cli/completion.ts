/**
 * Completions for bash, zsh and fish, as scripts without a process for each key: commands, options, the values of those that have
 * few, and file names for all others.
 */
import { bundleHosts } from './client/index.ts';
import { commands } from './commands.ts';
import { CliError } from './error.ts';
import { options } from './verbs.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

export const completionUsage = `  countersign completion bash|zsh|fish                         a script by which the shell completes commands, options and files`;

/** Options whose values are these and no others. */
const choices: Readonly<Record<string, readonly string[]>> = {
  'bundle-from': bundleHosts,
  until: ['gate', 'done'],
  status: ['received', 'checking', 'waiting-for-approval', 'signing', 'completed', 'denied', 'failed'],
};
const firstArguments: Readonly<Record<string, readonly string[]>> = { completion: shells };

/** Those without a value: of the portal's commands, and of the others. */
const switches: ReadonlySet<string> = new Set([
  ...Object.entries(options).flatMap(([name, { type }]) => (type === 'boolean' ? [name] : [])),
  ...['check', 'suggest'],
]);

export function completionCommand(args: readonly string[], out: (text: string) => void): 0 {
  const [shell, surplus] = args;
  const script = shell === undefined || surplus !== undefined ? undefined : scripts.get(shell);
  if (script === undefined)
    throw new CliError(
      'USAGE',
      `completion is followed by one of ${shells.join(', ')}\n\n${completionUsage}`,
    );
  out(`${script()}\n`);
  return 0;
}

const scripts = new Map<string, () => string>([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);

interface Verb {
  readonly name: string;
  /** `list` of `tokens list`; only some commands have two words. */
  readonly seconds: readonly string[];
  /** Of all of them. */
  readonly options: readonly string[];
}

const verbs: readonly Verb[] = [...new Set([...commands.keys()].map((name) => name.split(' ')[0] ?? ''))].map(
  (name) => {
    const mine = [...commands].filter(([full]) => full.split(' ')[0] === name);
    const seconds = mine.flatMap(([full]) => full.split(' ').slice(1));
    return {
      name,
      seconds: seconds.length === 0 ? (firstArguments[name] ?? []) : seconds,
      options: [...new Set([...mine.flatMap(([, own]) => own), 'help'])],
    };
  },
);

const words = (names: readonly string[]): string => names.join(' ');
const flags = (names: readonly string[]): string => words(names.map((name) => `--${name}`));
const names = words(verbs.map(({ name }) => name));

function bash(): string {
  const withSeconds = verbs.filter(({ seconds }) => seconds.length > 0);
  return `# bash completion for countersign: source <(countersign completion bash)
_countersign() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} verb=\${COMP_WORDS[1]} list=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${names}' -- "$cur"))
    return
  fi
  case $prev in
${Object.entries(choices)
  .map(([name, values]) => `  --${name}) COMPREPLY=($(compgen -W '${words(values)}' -- "$cur")); return ;;`)
  .join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 2 ]; then
    case $verb in
${withSeconds.map(({ name, seconds }) => `    ${name}) COMPREPLY=($(compgen -W '${words(seconds)}' -- "$cur")); return ;;`).join('\n')}
    esac
  fi
  case $cur in
  -*)
    case $verb in
${verbs.map(({ name, options: own }) => `    ${name}) list='${flags(own)}' ;;`).join('\n')}
    esac
    COMPREPLY=($(compgen -W "$list" -- "$cur"))
    ;;
  esac
}
# Where nothing of this fits, file names do.
complete -o default -F _countersign countersign`;
}

function zsh(): string {
  return `#compdef countersign
# zsh completion for countersign: countersign completion zsh > "\${fpath[1]}/_countersign"
_countersign() {
  local verb=$words[2] prev=$words[CURRENT-1]
  if (( CURRENT == 2 )); then
    compadd -- ${names}
    return
  fi
  case $prev in
${Object.entries(choices)
  .map(([name, values]) => `  --${name}) compadd -- ${words(values)}; return ;;`)
  .join('\n')}
  esac
  if (( CURRENT == 3 )); then
    case $verb in
${verbs
  .filter(({ seconds }) => seconds.length > 0)
  .map(({ name, seconds }) => `    ${name}) compadd -- ${words(seconds)}; return ;;`)
  .join('\n')}
    esac
  fi
  if [[ $PREFIX == -* ]]; then
    case $verb in
${verbs.map(({ name, options: own }) => `    ${name}) compadd -- ${flags(own)} ;;`).join('\n')}
    esac
    return
  fi
  _files
}
if [[ $funcstack[1] == _countersign ]]; then
  _countersign "$@"
else
  compdef _countersign countersign
fi`;
}

function fish(): string {
  const lines = verbs.flatMap(({ name, seconds, options: own }) => [
    `complete -c countersign -n __fish_use_subcommand -f -a ${name}`,
    ...(seconds.length === 0
      ? []
      : [
          `complete -c countersign -n '__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${words(seconds)}' -f -a '${words(seconds)}'`,
        ]),
    ...own.map(
      (option) =>
        `complete -c countersign -n '__fish_seen_subcommand_from ${name}' -l ${option}${valueOf(option)}`,
    ),
  ]);
  return ['# fish completion for countersign: countersign completion fish | source', ...lines].join('\n');
}

function valueOf(option: string): string {
  const few = choices[option];
  if (few !== undefined) return ` -x -a '${words(few)}'`;
  return switches.has(option) || option === 'help' ? '' : ' -r';
}
