import 'npm:prizm-no-such-package-anywhere@1';
