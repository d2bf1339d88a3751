import { CodedError } from '#core/error/index.ts';

export class DocsError extends CodedError<'HTML_IN_MARKDOWN' | 'LINK_DEAD' | 'NO_TITLE'> {
  static override readonly errorName = 'DocsError';
}
