throw new Error('the compiled file goes first');
