// A reward for interface 1 as it was published: built, and with the define function of its time inside.
const brand = Symbol.for('turnwise.plugin');
const options = {
  '~standard': {
    version: 1,
    vendor: 'own',
    validate: (value) =>
      Object.keys(value).length === 0 ? { value } : { issues: [{ message: 'no options', path: [] }] },
  },
};

class Brevity {
  #closed = false;
  shape(group, signal) {
    signal.throwIfAborted();
    if (this.#closed) throw new Error('closed');
    return group.trajectories.map(({ turns, answer }) => ({
      outcome: 1 / (1 + turns.length),
      correct: group.question.answers.includes(answer),
      turns: turns.map(() => 0),
    }));
  }
  async [Symbol.asyncDispose]() {
    this.#closed = true;
  }
}

export default Object.freeze({
  [brand]: true,
  apiVersion: 1,
  kind: 'reward',
  id: 'brevity',
  version: '0.9.0',
  options,
  create: () => new Brevity(),
});
