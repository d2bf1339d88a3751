import { z } from 'zod';

/** Members that GitLab's answers about a job have, wherever it is listed or read: https://docs.gitlab.com/api/jobs. */
export const jobMembers = {
  id: z.int(),
  stage: z.string(),
  name: z.string(),
  ref: z.string(),
  tag: z.boolean(),
  allow_failure: z.boolean(),
  web_url: z.url(),
};
