/** An embedded broker and generated data: shows the product at work and checks its files with another engine. */
@NullMarked
package dev.alluvium.demo;

import org.jspecify.annotations.NullMarked;
