import { robotsFrom } from '../egress/index.ts';
import type { RobotsJudge } from './session/crawl.ts';

/** The name under which robots.txt may speak to us. */
const TOKEN = 'stageflow';

/** Judges addresses by the robots.txt of their origin, as RFC 9309 says. */
export const judgeRobots: RobotsJudge = (answer) => robotsFrom(answer, TOKEN);
