import secret from '/etc/hostname' with { type: 'text' };

export default () => [secret];
