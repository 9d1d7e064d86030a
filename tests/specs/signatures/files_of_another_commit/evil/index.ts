evil();
