package newsspider.testing;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.text.ParseException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.FilteringTokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.ar.ArabicNormalizationFilter;
import org.apache.lucene.analysis.ar.ArabicStemFilter;
import org.apache.lucene.analysis.charfilter.HTMLStripCharFilter;
import org.apache.lucene.analysis.charfilter.MappingCharFilter;
import org.apache.lucene.analysis.charfilter.NormalizeCharMap;
import org.apache.lucene.analysis.core.DecimalDigitFilter;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.LowerCaseFilter;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.fa.PersianNormalizationFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.KeywordRepeatFilter;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.miscellaneous.SetKeywordMarkerFilter;
import org.apache.lucene.analysis.miscellaneous.StemmerOverrideFilter;
import org.apache.lucene.analysis.miscellaneous.TruncateTokenFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.ngram.NGramTokenFilter;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.apache.lucene.analysis.pattern.PatternReplaceCharFilter;
import org.apache.lucene.analysis.pattern.PatternReplaceFilter;
import org.apache.lucene.analysis.pattern.PatternTokenizer;
import org.apache.lucene.analysis.synonym.SolrSynonymParser;
import org.apache.lucene.analysis.synonym.SynonymGraphFilter;
import org.apache.lucene.analysis.synonym.SynonymMap;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.IndexService.IndexCreationContext;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.CustomAnalyzer;
import org.elasticsearch.index.analysis.NormalizingCharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * What Elasticsearch's own module analysis-common offers, under the same names and parameters, for a test node that comes without it.
 *
 * Everything here is Lucene's; a normal Elasticsearch needs nothing of this.
 */
public class CommonAnalysisPlugin extends Plugin implements AnalysisPlugin {
    record Filter(String name, UnaryOperator<TokenStream> make) implements TokenFilterFactory {
        public TokenStream create(TokenStream in) { return make.apply(in); }
    }

    /** A filter that changes single characters, and so may stand in a normalizer. */
    record Normalizing(String name, UnaryOperator<TokenStream> make) implements NormalizingTokenFilterFactory {
        public TokenStream create(TokenStream in) { return make.apply(in); }
    }

    record CharFilter(String name, UnaryOperator<Reader> make) implements NormalizingCharFilterFactory {
        public Reader create(Reader in) { return make.apply(in); }
    }

    interface FromSettings<T> { T make(Environment env, Settings settings) throws IOException; }

    private static AnalysisProvider<TokenFilterFactory> filter(FromSettings<UnaryOperator<TokenStream>> from) {
        return (index, env, name, settings) -> new Filter(name, from.make(env, settings));
    }

    private static AnalysisProvider<TokenFilterFactory> normalizing(FromSettings<UnaryOperator<TokenStream>> from) {
        return (index, env, name, settings) -> new Normalizing(name, from.make(env, settings));
    }

    private static AnalysisProvider<CharFilterFactory> charFilter(FromSettings<UnaryOperator<Reader>> from) {
        return (index, env, name, settings) -> new CharFilter(name, from.make(env, settings));
    }

    private static AnalysisProvider<TokenizerFactory> tokenizer(FromSettings<Supplier<Tokenizer>> from) {
        return (index, env, name, settings) -> TokenizerFactory.newFactory(name, from.make(env, settings));
    }

    /** For what cannot work without parameters, so that it is not made under its bare name. */
    private static <T> AnalysisProvider<T> configured(AnalysisProvider<T> provider) { return AnalysisPlugin.requiresAnalysisSettings(provider); }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> all = new HashMap<>();
        all.put("lowercase", normalizing((env, s) -> LowerCaseFilter::new));
        all.put("decimal_digit", normalizing((env, s) -> DecimalDigitFilter::new));
        all.put("arabic_normalization", normalizing((env, s) -> ArabicNormalizationFilter::new));
        all.put("persian_normalization", normalizing((env, s) -> PersianNormalizationFilter::new));
        all.put("asciifolding", normalizing((env, s) -> in -> new ASCIIFoldingFilter(in, s.getAsBoolean("preserve_original", false))));
        all.put("arabic_stem", filter((env, s) -> ArabicStemFilter::new));
        all.put("stemmer", configured(filter((env, s) -> {
            String language = s.get("language", s.get("name", "porter"));
            if (!language.equals("arabic")) throw new IllegalArgumentException("this test node stems Arabic only, not " + language);
            return ArabicStemFilter::new;
        })));
        all.put("keyword_repeat", filter((env, s) -> KeywordRepeatFilter::new));
        all.put("remove_duplicates", filter((env, s) -> RemoveDuplicatesTokenFilter::new));
        all.put("unique", filter((env, s) -> Unique::new));
        all.put("length", filter((env, s) -> in -> new LengthFilter(in, s.getAsInt("min", 0), s.getAsInt("max", Integer.MAX_VALUE))));
        all.put("truncate", configured(filter((env, s) -> in -> new TruncateTokenFilter(in, s.getAsInt("length", 10)))));
        all.put("ngram", filter((env, s) -> in ->
            new NGramTokenFilter(in, s.getAsInt("min_gram", 1), s.getAsInt("max_gram", 2), s.getAsBoolean("preserve_original", false))));
        all.put("edge_ngram", filter((env, s) -> in ->
            new EdgeNGramTokenFilter(in, s.getAsInt("min_gram", 1), s.getAsInt("max_gram", 2), s.getAsBoolean("preserve_original", false))));
        all.put("pattern_replace", configured(normalizing((env, s) -> {
            Pattern pattern = Pattern.compile(s.get("pattern"));
            return in -> new PatternReplaceFilter(in, pattern, s.get("replacement", ""), s.getAsBoolean("all", true));
        })));
        all.put("pattern_capture", configured(filter((env, s) -> {
            Pattern[] patterns = s.getAsList("patterns").stream().map(Pattern::compile).toArray(Pattern[]::new);
            return in -> new PatternCaptureGroupTokenFilter(in, s.getAsBoolean("preserve_original", true), patterns);
        })));
        all.put("keyword_marker", configured(filter((env, s) -> {
            CharArraySet words = Analysis.getWordSet(env, s, "keywords");
            return in -> new SetKeywordMarkerFilter(in, words);
        })));
        all.put("stemmer_override", configured(filter((env, s) -> {
            StemmerOverrideFilter.StemmerOverrideMap map = overrides(Analysis.getWordList(env, s, "rules"));
            return in -> new StemmerOverrideFilter(in, map);
        })));
        all.put("synonym_graph", configured((index, env, name, s) -> new Synonyms(name, Analysis.getWordList(env, s, "synonyms"))));
        return all;
    }

    @Override
    public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
        return Map.of(
            "html_strip", charFilter((env, s) -> HTMLStripCharFilter::new),
            "mapping", configured(charFilter((env, s) -> {
                NormalizeCharMap map = mapping(Analysis.getWordList(env, s, "mappings"));
                return in -> new MappingCharFilter(map, in);
            })),
            "pattern_replace", configured(charFilter((env, s) -> {
                Pattern pattern = Pattern.compile(s.get("pattern"));
                return in -> new PatternReplaceCharFilter(pattern, s.get("replacement", ""), in);
            })));
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Map.of(
            "keyword", tokenizer((env, s) -> KeywordTokenizer::new),
            "whitespace", tokenizer((env, s) -> WhitespaceTokenizer::new),
            "uax_url_email", tokenizer((env, s) -> UAX29URLEmailTokenizer::new),
            "pattern", tokenizer((env, s) -> {
                Pattern pattern = Pattern.compile(s.get("pattern", "\\W+"));
                return () -> new PatternTokenizer(pattern, s.getAsInt("group", -1));
            }));
    }

    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        return Map.of("arabic", (index, env, name, settings) -> new AbstractIndexAnalyzerProvider<ArabicAnalyzer>(name) {
            private final ArabicAnalyzer analyzer = new ArabicAnalyzer();
            @Override public ArabicAnalyzer get() { return analyzer; }
        });
    }

    private static StemmerOverrideFilter.StemmerOverrideMap overrides(List<String> rules) throws IOException {
        StemmerOverrideFilter.Builder builder = new StemmerOverrideFilter.Builder(false);
        for (String rule : rules) {
            String[] sides = rule.split("=>");
            for (String word : sides[0].split(",")) builder.add(word.strip(), sides[1].strip());
        }
        return builder.build();
    }

    private static NormalizeCharMap mapping(List<String> rules) {
        NormalizeCharMap.Builder builder = new NormalizeCharMap.Builder();
        for (String rule : rules) {
            int arrow = rule.lastIndexOf("=>");
            builder.add(unescaped(rule.substring(0, arrow).strip()), unescaped(rule.substring(arrow + 2).strip()));
        }
        return builder.build();
    }

    private static String unescaped(String text) {
        return Pattern.compile("\\\\u([0-9A-Fa-f]{4})").matcher(text).replaceAll(m ->
            java.util.regex.Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(m.group(1), 16))));
    }

    /** Each word once; Elasticsearch's own, not Lucene's. The security index needs it. */
    static final class Unique extends FilteringTokenFilter {
        private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
        private final Set<String> seen = new HashSet<>();

        Unique(TokenStream in) { super(in); }

        @Override protected boolean accept() { return seen.add(term.toString()); }

        @Override
        public void reset() throws IOException {
            super.reset();
            seen.clear();
        }
    }

    /** Synonyms are read by the filters that stand before them in the chain. */
    record Synonyms(String name, List<String> rules) implements TokenFilterFactory {
        public TokenStream create(TokenStream in) { throw new IllegalStateException("made by its chain only"); }

        @Override
        public TokenFilterFactory getChainAwareTokenFilterFactory(IndexCreationContext context, TokenizerFactory tokenizer,
                List<CharFilterFactory> charFilters, List<TokenFilterFactory> before, Function<String, TokenFilterFactory> others) {
            TokenFilterFactory[] chain = before.stream().map(TokenFilterFactory::getSynonymFilter).toArray(TokenFilterFactory[]::new);
            Analyzer analyzer = new CustomAnalyzer(tokenizer, charFilters.toArray(CharFilterFactory[]::new), chain);
            SolrSynonymParser parser = new SolrSynonymParser(true, true, analyzer);
            try {
                parser.parse(new StringReader(String.join("\n", rules)));
                SynonymMap map = parser.build();
                return new Filter(name, in -> map.fst == null ? in : new SynonymGraphFilter(in, map, false));
            } catch (IOException | ParseException e) {
                throw new IllegalArgumentException("failed to build synonyms", e);
            }
        }
    }
}
