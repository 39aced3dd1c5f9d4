import { belongsTo } from '../../artifact/index.ts';
import { StageflowError } from '../../kernel/index.ts';
import type { ChannelHandlers, Role } from '../../pod/runtime.ts';
import type { ContainerMessage, MessageAnswer } from '../../scanner/index.ts';
import { extractorAssignment, runnerAssignment, warmUpFor } from './assignment.ts';
import { nextWork } from './next-work.ts';
import { createPutArtifact } from './put-artifact.ts';
import type { Talk } from './talk.ts';

/** Answers one message of a container whose right to send it has been checked. */
type Answer = (message: ContainerMessage) => Promise<MessageAnswer>;

/** What each of the two containers may ask: the archive goes to the one, work, objects and the way out to the other. */
export function createHandlers(talk: Talk, answer: (role: Role) => Answer): (role: Role) => ChannelHandlers {
  const { job, ports } = talk;
  let runnerAsked = false;
  const getArtifact: ChannelHandlers['getArtifact'] = async (key) =>
    belongsTo(job.id, key) ? ((await ports.store.get('scanner-artifacts', key))?.body ?? null) : null;

  const extractor: ChannelHandlers = {
    getArtifact,
    message: answer('extractor'),
    putArtifact: async () => talk.violation('the extractor tried to store an object'),
    assignment: async () => extractorAssignment(job),
    input: async () => {
      if (job.spec.source.kind !== 'zip') return null;
      const object = await ports.store.get('scanner-staging', job.spec.source.stagingKey);
      if (object) return told(object.body, talk);
      talk.failed(new StageflowError('input_expired'));
      return null;
    },
    next: async () => 'done',
    dial: async () => ({
      ok: false,
      status: 403,
      code: 'egress_denied',
      reason: 'this container has no way out',
    }),
  };
  const runner: ChannelHandlers = {
    getArtifact,
    message: answer('runner'),
    putArtifact: createPutArtifact(talk),
    assignment: async () => {
      // The browser comes up while the archive is unpacked. One for a login is started otherwise, so it has to wait.
      const early = !runnerAsked && job.spec.source.kind === 'zip' && talk.site === null && talk.access === null;
      runnerAsked = true;
      if (early) return warmUpFor(job, ports.surroundings);
      return runnerAssignment(job, {
        site: await talk.extracted,
        sitePort: talk.sitePort,
        access: talk.access,
        surroundings: ports.surroundings,
      });
    },
    input: async () => null,
    next: (request, signal) => nextWork(talk, request.lane, signal),
    ...planning(talk),
    dial: (authority, tls) => ports.dial(authority, tls, talk.site),
  };
  return (role) => (role === 'extractor' ? extractor : runner);
}

/** The way to the model, for modules that were given a goal. The goal is the person's, as it stands in the job: a runner beside a hostile page cannot change it. */
function planning({ job, ports: { planner } }: Talk): Pick<ChannelHandlers, 'plan'> {
  const goals = new Map(
    job.spec.modules.flatMap(({ id, options }) =>
      typeof options['goal'] === 'string' && options['goal'].trim() !== ''
        ? [[id, options['goal'].trim()] as const]
        : [],
    ),
  );
  if (!planner || goals.size === 0) return {};
  return {
    plan: async (request) => {
      const goal = goals.get(request.scanner);
      if (goal === undefined)
        throw new StageflowError('bad_result', { reason: 'it planned for a module without a goal' });
      return planner.plan(goal, request);
    },
  };
}

/** Bytes on their way to a container; a store that breaks off ends the attempt with its own word, before the container can complain. */
async function* told(bytes: AsyncIterable<Uint8Array>, talk: Talk): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    talk.failed(error);
    throw error;
  }
}
