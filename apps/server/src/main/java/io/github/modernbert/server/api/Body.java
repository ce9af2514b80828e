package io.github.modernbert.server.api;

import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The values of an object in a request, by the members that its form knows. */
public final class Body {
  private final String path;
  private final Map<Member<?>, Object> values = new HashMap<>();

  private Body(String path) {
    this.path = path;
  }

  /** Reads the value of a member; null counts as if the member were missing. */
  @FunctionalInterface
  public interface ValueReader<T> {
    /** Reads the value of the member of this name. */
    @Nullable T read(JsonInput in, String name) throws IOException;
  }

  /**
   * A member that an object may have.
   *
   * @param <T> what its value becomes
   */
  public static final class Member<T> {
    private final List<String> names;
    private final ValueReader<T> reader;

    private Member(List<String> names, ValueReader<T> reader) {
      this.names = names;
      this.reader = reader;
    }

    /** A member with any of these names; messages call it by the first. */
    public static <T> Member<T> of(ValueReader<T> reader, String... names) {
      return new Member<>(List.of(names), reader);
    }

    /** A text. */
    public static Member<String> text(String... names) {
      return of(JsonInput::text, names);
    }

    /** A text, or null. */
    public static Member<String> textOrNull(String... names) {
      return of(JsonInput::textOrNull, names);
    }

    /** A list of texts. */
    public static Member<List<String>> texts(String... names) {
      return of((in, name) -> in.list(name, () -> in.text(name)), names);
    }

    /** True or false. */
    public static Member<Boolean> truth(String... names) {
      return of(JsonInput::truth, names);
    }

    /** True or false, or null. */
    public static Member<Boolean> truthOrNull(String... names) {
      return of(JsonInput::truthOrNull, names);
    }

    /** A whole number from the least one on. */
    public static Member<Integer> integer(int least, String... names) {
      return of((in, name) -> in.integer(name, least), names);
    }

    /** A whole number from the least one on, or null. */
    public static Member<Integer> integerOrNull(int least, String... names) {
      return of((in, name) -> in.integerOrNull(name, least), names);
    }

    /** An object of a form, or null. */
    public static Member<Body> object(Form form, String... names) {
      return of((in, name) -> in.skipNull() ? null : form.read(in, name), names);
    }
  }

  /** The members that an object may have; others are skipped. Immutable. */
  public static final class Form {
    private final Map<String, Member<?>> byName;

    private Form(Map<String, Member<?>> byName) {
      this.byName = byName;
    }

    /** A form with these members. */
    public static Form of(Member<?>... members) {
      return new Form(Map.of()).with(members);
    }

    /** A form that has these members too. */
    public Form with(Member<?>... members) {
      var all = new HashMap<>(byName);
      for (Member<?> member : members) {
        member.names.forEach(name -> all.put(name, member));
      }
      return new Form(Map.copyOf(all));
    }

    /** Reads the body of a request. */
    public Body read(Call call) {
      var body = new Body("");
      call.read((in, name) -> body.read(this, in, name));
      return body;
    }

    /** Reads an object that is the value of a member. */
    public Body read(JsonInput in, String name) throws IOException {
      var body = new Body(name + ".");
      in.object(name, member -> body.read(this, in, member));
      return body;
    }
  }

  private void read(Form form, JsonInput in, String name) throws IOException {
    Member<?> member = form.byName.get(name);
    if (member == null) {
      in.skip();
      return;
    }
    Object value = member.reader.read(in, name);
    if (value != null) {
      values.put(member, value);
    }
  }

  /** The value of a member; null if it is missing. */
  @SuppressWarnings("unchecked") // Its own reader made it.
  public <T> @Nullable T find(Member<T> member) {
    return (T) values.get(member);
  }

  /** The value of a member, or another one if it is missing. */
  public <T> T get(Member<T> member, T otherwise) {
    T value = find(member);
    return value == null ? otherwise : value;
  }

  /** Options with the value of a member; as they are if it is missing. */
  public <O, T> O apply(O options, Member<T> member, BiFunction<O, T, O> change) {
    T value = find(member);
    return value == null ? options : change.apply(options, value);
  }

  /** Whether a member is there and true. */
  public boolean is(Member<Boolean> member) {
    return get(member, false);
  }

  /** The value of a member that must be there. */
  public <T> T required(Member<T> member) {
    T value = find(member);
    if (value == null) {
      throw JsonInput.invalid("missing field `" + member.names.getFirst() + "`");
    }
    return value;
  }

  /** The value of a member that must be there and have at least one character. */
  public String requiredText(Member<String> member) {
    String text = required(member);
    if (text.isEmpty()) {
      throw Input.empty(path + member.names.getFirst());
    }
    return text;
  }

  /** The value of a member that must be there, with at least one text, none of them empty. */
  public List<String> requiredTexts(Member<List<String>> member) {
    List<String> texts = required(member);
    if (texts.isEmpty() || texts.contains("")) {
      throw Input.empty(path + member.names.getFirst());
    }
    return texts;
  }
}
