import { ExplainedError } from '../platform/http/index.ts';
import type { Explanation } from '../platform/http/index.ts';

type ProjectsErrorCode = 'NOT_ALLOWED' | 'UNKNOWN_PROJECT' | 'TOKEN_NAME_INVALID';

export class ProjectsError extends ExplainedError<ProjectsErrorCode> {
  static readonly errorName = 'ProjectsError';
  constructor(explanation: Explanation<ProjectsErrorCode>) {
    super(ProjectsError.errorName, explanation);
  }
}
