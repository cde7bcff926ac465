/** How the program ends. */

export const EXIT_OK = 0;
/** The system refused something: a port is taken, a file cannot be opened, nothing answers. */
export const EXIT_RUNTIME = 1;
/** The command line or the configuration cannot be used. */
export const EXIT_USAGE = 2;
