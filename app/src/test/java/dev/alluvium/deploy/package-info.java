/**
 * Tests of the files with which others run Alluvium in containers. The Dockerfile, the compose file and the shipped
 * configurations come in, and have to agree with each other and with the code. No container is started here.
 */
@NullMarked
package dev.alluvium.deploy;

import org.jspecify.annotations.NullMarked;
