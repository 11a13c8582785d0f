// The deployment window of EROS as plain data: seven phases, every task, every criterion.
import type {WindowSpec} from '../domain/window.js';
import {phase0} from './phases/phase-0.js';
import {phase1} from './phases/phase-1.js';
import {phase2A} from './phases/phase-2a.js';
import {phase2B} from './phases/phase-2b.js';
import {phase3} from './phases/phase-3.js';
import {phase4} from './phases/phase-4.js';
import {phase5} from './phases/phase-5.js';

export const windowSpec: WindowSpec = {phases: [phase0, phase1, phase2A, phase2B, phase3, phase4, phase5]};
