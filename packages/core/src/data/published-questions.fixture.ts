/** Rows as published data sets have them; names and facts are made up. */
export const hotpotRow = {
  _id: '5a8b57f25542995d1e6f1371',
  question: 'Where was the author of Velkar born?',
  answer: 'Dormun',
  type: 'bridge',
  level: 'medium',
  supporting_facts: [
    ['Velkar', 0],
    ['Tinvek', 1],
  ],
  context: [
    ['Velkar', ['Velkar is a novel.', ' It was written by Tinvek.']],
    ['Tinvek', ['Tinvek writes.', ' Tinvek was born in Dormun.']],
    ['Kalsa', ['Kalsa is a town.']],
  ],
} as const;

/** The same as the Hugging Face data set keeps it. */
export const hotpotColumnsRow = {
  id: hotpotRow._id,
  question: hotpotRow.question,
  answer: hotpotRow.answer,
  type: hotpotRow.type,
  level: hotpotRow.level,
  supporting_facts: { title: ['Velkar', 'Tinvek'], sent_id: [0, 1] },
  context: {
    title: ['Velkar', 'Tinvek', 'Kalsa'],
    sentences: hotpotRow.context.map(([, sentences]) => [...sentences]),
  },
};

export const twoWikiRow = {
  _id: '8813f87c0bdd11eba7f7acde48001122',
  type: 'bridge_comparison',
  question: 'Who died first, the author of Velkar or of Fenn?',
  context: [
    ['Velkar', ['Velkar was written by Tinvek.']],
    ['Fenn', ['Fenn was written by Orla.', 'Orla is a poet.']],
  ],
  supporting_facts: [
    ['Velkar', 0],
    ['Fenn', 0],
    ['Orla', 0],
  ],
  evidences: [['Velkar', 'author', 'Tinvek']],
  answer: 'Orla',
} as const;

export const musiqueRow = {
  id: '2hop__482757_12019',
  paragraphs: [
    { idx: 0, title: 'Velkar', paragraph_text: 'Velkar was written by Tinvek.', is_supporting: true },
    { idx: 1, title: 'Kalsa', paragraph_text: 'Kalsa is a town.', is_supporting: false },
    { idx: 2, title: 'Tinvek', paragraph_text: 'Tinvek was born in Dormun.', is_supporting: true },
  ],
  question: 'Where was the author of Velkar born?',
  question_decomposition: [
    { id: 1, question: 'Velkar >> author', answer: 'Tinvek', paragraph_support_idx: 0 },
    { id: 2, question: 'Where was #1 born?', answer: 'Dormun', paragraph_support_idx: 2 },
  ],
  answer: 'Dormun',
  answer_aliases: ['Dormun City', ''],
  answerable: true,
};

export const searchR1Row = {
  id: 'train_0',
  question: 'who wrote velkar?',
  golden_answers: ['Tinvek'],
  data_source: 'nq',
  prompt: [
    { role: 'user', content: 'Answer the given question. <answer> Beijing </answer>. Question: who wrote velkar?\n' },
  ],
  ability: 'fact-reasoning',
  reward_model: { style: 'rule', ground_truth: { target: ['Tinvek'] } },
  extra_info: { split: 'train', index: 0 },
};

export const flashRagRow = {
  id: 'dev_0',
  question: hotpotRow.question,
  golden_answers: ['Dormun'],
  metadata: {
    type: 'bridge',
    level: 'hard',
    supporting_facts: hotpotColumnsRow.supporting_facts,
    context: hotpotColumnsRow.context,
  },
};
