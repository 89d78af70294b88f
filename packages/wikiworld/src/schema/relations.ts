import type { EntityKind, Relation } from './relation.js';

const personRelations: readonly Relation[] = [
  {
    id: 'birthplace',
    subject: 'person',
    object: 'place',
    sentences: ['{s} was born in {o}.', '{s} has {o} as birthplace.', '{o} is the birthplace of {s}.'],
    questions: ['Where was {} born?', 'What is the birthplace of {}?'],
    keywords: ['born', 'birthplace'],
  },
  {
    id: 'mother',
    subject: 'person',
    object: 'person',
    sentences: ['{s} is the child of {o}.', '{s} had {o} as mother.', '{o} was the mother of {s}.'],
    questions: ['Who is the mother of {}?', 'Who was the mother of {}?'],
    keywords: ['child', 'mother'],
  },
  {
    id: 'spouse',
    subject: 'person',
    object: 'person',
    sentences: ['{s} married {o}.', '{s} is the spouse of {o}.', '{s} became the spouse of {o}.'],
    questions: ['Who married {}?', 'Who is the spouse of {}?'],
    keywords: ['married', 'spouse'],
  },
  {
    id: 'teacher',
    subject: 'person',
    object: 'person',
    sentences: ['{s} was taught by {o}.', '{s} had {o} as teacher.', '{o} was the teacher of {s}.'],
    questions: ['Who taught {}?', 'Who was the teacher of {}?'],
    keywords: ['taught', 'teacher'],
  },
  {
    id: 'employer',
    subject: 'person',
    object: 'organisation',
    sentences: ['{s} works for {o}.', '{s} has {o} as employer.', '{o} is the employer of {s}.'],
    questions: ['Who employs {}?', 'What is the employer of {}?'],
    keywords: ['works', 'employer'],
  },
  {
    id: 'birthyear',
    subject: 'person',
    object: 'year',
    sentences: ['{s} was born in {o}.', '{s} was born in the year {o}.', 'The birthyear of {s} is {o}.'],
    questions: ['When was {} born?', 'What is the birthyear of {}?'],
    keywords: ['born', 'birthyear'],
  },
];

const placeRelations: readonly Relation[] = [
  {
    id: 'mayor',
    subject: 'place',
    object: 'person',
    sentences: ['{s} has {o} as mayor.', 'The mayor of {s} is {o}.', '{o} is the mayor of {s}.'],
    questions: ['Who governs {}?', 'Who is the mayor of {}?'],
    keywords: ['mayor'],
  },
  {
    id: 'twin',
    subject: 'place',
    object: 'place',
    sentences: ['{s} is the twin of {o}.', '{s} has {o} as twin.', '{s} became the twin of {o}.'],
    questions: ['What is the twin of {}?', 'Which town is the twin of {}?'],
    keywords: ['twin'],
  },
  {
    id: 'architect',
    subject: 'place',
    object: 'person',
    sentences: ['{s} was designed by {o}.', 'The architect of {s} was {o}.', '{o} was the architect of {s}.'],
    questions: ['Who designed {}?', 'Who was the architect of {}?'],
    keywords: ['designed', 'architect'],
  },
];

const organisationRelations: readonly Relation[] = [
  {
    id: 'founder',
    subject: 'organisation',
    object: 'person',
    sentences: ['{s} was founded by {o}.', 'The founder of {s} was {o}.', '{o} was the founder of {s}.'],
    questions: ['Who founded {}?', 'Who is the founder of {}?'],
    keywords: ['founded', 'founder'],
  },
  {
    id: 'headquarters',
    subject: 'organisation',
    object: 'place',
    sentences: ['{s} is based in {o}.', '{s} has headquarters in {o}.', '{o} is the headquarters of {s}.'],
    questions: ['Where is {} based?', 'Where is the headquarters of {}?'],
    keywords: ['based', 'headquarters'],
  },
  {
    id: 'director',
    subject: 'organisation',
    object: 'person',
    sentences: ['{s} is led by {o}.', '{s} has {o} as director.', '{o} is the director of {s}.'],
    questions: ['Who leads {}?', 'Who is the director of {}?'],
    keywords: ['led', 'director'],
  },
];

const workRelations: readonly Relation[] = [
  {
    id: 'author',
    subject: 'work',
    object: 'person',
    sentences: ['{s} was written by {o}.', '{s} has {o} as author.', '{o} is the author of {s}.'],
    questions: ['Who wrote {}?', 'Who is the author of {}?'],
    keywords: ['written', 'author'],
  },
  {
    id: 'publisher',
    subject: 'work',
    object: 'organisation',
    sentences: ['{s} was published by {o}.', '{s} has {o} as publisher.', '{o} is the publisher of {s}.'],
    questions: ['Who published {}?', 'What is the publisher of {}?'],
    keywords: ['published', 'publisher'],
  },
  {
    id: 'setting',
    subject: 'work',
    object: 'place',
    sentences: ['{s} plays in {o}.', '{s} has {o} as setting.', '{o} is the setting of {s}.'],
    questions: ['Where does {} play?', 'What is the setting of {}?'],
    keywords: ['plays', 'setting'],
  },
  {
    id: 'year',
    subject: 'work',
    object: 'year',
    sentences: ['{s} appeared in {o}.', '{s} appeared in the year {o}.', 'The year of {s} is {o}.'],
    questions: ['When did {} appear?', 'What is the year of {}?'],
    keywords: ['appeared', 'year'],
  },
];

/** All relations of the world, in a fixed order. */
export const relations: readonly Relation[] = [
  ...personRelations,
  ...placeRelations,
  ...organisationRelations,
  ...workRelations,
];

const byId = new Map(relations.map((relation) => [relation.id, relation]));

/** The relation of that id. Throws a RangeError for an unknown one. */
export function relationOf(id: string): Relation {
  const relation = byId.get(id);
  if (relation === undefined) throw new RangeError(`no relation "${id}"; known: ${[...byId.keys()].join(', ')}`);
  return relation;
}

/** The relations whose subjects are of that kind. */
export function relationsOf(kind: EntityKind): readonly Relation[] {
  return relations.filter((relation) => relation.subject === kind);
}

/** The relation that stands after it among those of its kind of subject; after the last, the first. */
export function neighbourOf(relation: Relation): Relation {
  const own = relationsOf(relation.subject);
  return own[(own.indexOf(relation) + 1) % own.length] as Relation;
}
