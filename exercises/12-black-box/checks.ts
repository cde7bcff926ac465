/** Exercise 12: a program, tested from outside. Its checks are the levels of docs/black-box.md. */

import { defineExercise, type ExerciseChecks } from '@evenkeel/course';

const checks: ExerciseChecks = defineExercise({ checks: [], files: ['command.txt'] });
export default checks;
